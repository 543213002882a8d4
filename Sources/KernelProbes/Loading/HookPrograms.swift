// SPDX-License-Identifier: Apache-2.0
import CLibbpf
import CTraceRecords
import TraceModel

/// The programs at one hook, which the kernel may skip: a kprobe's where the CPU is in bpf(2) or in another program, also
/// of a task that was preempted there. Told since 6.7 (trace_call_bpf), of fentry since 5.12 (bpf_prog_info.recursion_misses).
struct HookPrograms {
    /// Of the records that are missing for a skip.
    let kind: UInt16
    private let descriptors: [Int32]

    /// An entry and its return count once, as one call. Whether a fallback program did their work is not known here.
    var skips: UInt64 { descriptors.map(Self.skips).max() ?? 0 }

    static func all(
        of choices: [AttachSelector.Choice], in object: BPFObject
    ) throws(KernelProbeError) -> [HookPrograms] {
        var hooks: [HookPrograms] = []
        for choice in choices {
            guard let kind = choice.recordKind else { continue }
            for hook in choice.programs.map(\.hook).uniqued() {
                var descriptors: [Int32] = []
                for program in choice.programs where program.hook == hook && !program.isFallback {
                    descriptors.append(bpf_program__fd(try object.program(program.name)))
                }
                hooks.append(HookPrograms(kind: kind, descriptors: descriptors))
            }
        }
        return hooks
    }

    private static func skips(_ descriptor: Int32) -> UInt64 {
        var info = bpf_prog_info()
        var length = UInt32(MemoryLayout<bpf_prog_info>.size)
        return bpf_obj_get_info_by_fd(descriptor, &info, &length) == 0 ? info.recursion_misses : 0
    }
}

extension AttachSelector.Choice {
    /// The kind of the first record that the probe makes: what is missing when a program is not run.
    var recordKind: UInt16? { probe.records.first?.rawValue }
}
