// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// A way for a BPF program to be called by the kernel, best first.
public enum AttachMechanism: String, CaseIterable, Sendable {
    case fentry, kprobe, tracepoint
}

/// One of the ways in which a probe can be attached.
struct AttachOption: Sendable {
    let mechanism: AttachMechanism
    /// The BPF programs to load, by their names in `bpf/`.
    let programs: [ProgramChoice]
    /// What is missing with it, for plan, doctor and the trace; `nil`: nothing.
    let note: String?

    init(_ mechanism: AttachMechanism, _ programs: [ProgramChoice], note: String? = nil) {
        self.mechanism = mechanism
        self.programs = programs
        self.note = note
    }
}

/// A program, and the kernel function or tracepoint that it needs.
struct ProgramChoice: Sendable {
    let name: String
    /// Such as `tcp_recvmsg`, `sock:sock_recv_length`, `syscalls:sys_enter_close`.
    let hook: String
    /// Only the program whose number fits the kernel's function is loaded; `nil`: fits all.
    let argumentCount: Int?
    /// `true`: a kernel without this hook does without this program, instead of leaving the option for the next.
    let isOptional: Bool
    /// It does what another program of the hook would have done that the kernel skipped, and counts it
    /// (`ps_counters.done_by_fallback`).
    let isFallback: Bool

    init(
        _ name: String, on hook: String, arguments: Int? = nil, optional: Bool = false, isFallback: Bool = false
    ) {
        self.name = name
        self.hook = hook
        argumentCount = arguments
        isOptional = optional
        self.isFallback = isFallback
    }

    /// The return of a function with so many arguments, and its entry: once the entry is armed, no call is without a return.
    static func fentry(on function: String, arguments: Int, optional: Bool = false) -> [ProgramChoice] {
        [
            ProgramChoice("fexit\(arguments)_\(function)", on: function, optional: optional),
            ProgramChoice("fentry_\(function)", on: function, optional: optional),
        ]
    }

    /// The return of a function, and its entry.
    static func kprobes(on function: String, optional: Bool = false) -> [ProgramChoice] {
        [
            ProgramChoice("kretprobe_\(function)", on: function, optional: optional),
            ProgramChoice("kprobe_\(function)", on: function, optional: optional),
        ]
    }
}

/// A thing to be seen in the kernel, with the ways to see it. One file of `Probes/` each, and a line in `ProbeRegistry`.
protocol KernelProbe: Sendable {
    /// The name of its file in `bpf/`, without the suffix.
    var name: String { get }
    /// The record kinds that it delivers.
    var records: [RecordKind] { get }
    /// Best first.
    var attachOptions: [AttachOption] { get }
}
