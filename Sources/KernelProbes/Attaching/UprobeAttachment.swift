// SPDX-License-Identifier: Apache-2.0
import CLibbpf
import Glibc

/// How programs are attached to instructions of the target: one uprobe_multi link a program where the kernel has it, else
/// a perf event for each instruction.
struct UprobeAttachment {
    private let options: KernelSessionOptions
    private let object: BPFObject
    /// `uprobe_multi` or `uprobe`.
    let mechanism: String

    init(_ options: KernelSessionOptions, object: BPFObject, features: KernelFeatures) throws(KernelProbeError) {
        self.options = options
        self.object = object
        if let reason = features.uprobe.reason, !features.uprobeMulti.isSupported {
            throw KernelProbeError(
                stage: .attach, object: "the probes in the target", detail: reason,
                remedy: "Without uprobes no pool can be seen; '--no-pools' records its sockets alone.")
        }
        // Before 6.10 the PID filter of uprobe_multi knows one thread only ("bpf: Fix multi-uprobe PID filtering
        // logic"), so the link is made without one, and the programs filter. That arms every process which runs the
        // same file: where there is another, perf events with their own, exact filter are the safer choice.
        let isMulti =
            features.uprobeMulti.isSupported && !options.usesPerfEvents
            && !Self.hasOtherInstance(of: options.processID)
        mechanism = isMulti ? "uprobe_multi" : "uprobe"
    }

    /// Chooses a program to be loaded.
    func enable(_ name: String) throws(KernelProbeError) {
        try object.enable(name)
        if mechanism == "uprobe_multi" {
            bpf_program__set_expected_attach_type(
                try object.program(name), bpf_attach_type(UprobeMulti.attachType))
        }
    }

    /// Attaches a program to instructions, in their order.
    func attach(_ name: String, to offsets: [UInt64]) throws(KernelProbeError) -> [BPFLink] {
        let program = try object.program(name)
        if mechanism == "uprobe_multi" {
            let descriptor =
                options.refusesUprobeMulti
                ? -EOPNOTSUPP
                : UprobeMulti.create(
                    program: bpf_program__fd(program), path: options.executablePath, offsets: offsets, process: 0)
            guard descriptor >= 0 else { throw .attach("the probes in \(options.executablePath)", errno: -descriptor) }
            return [.adopting(descriptor: descriptor)]
        }
        var links: [BPFLink] = []
        for offset in offsets {
            links.append(
                try .uprobe(program, process: options.processID, path: options.executablePath, offset: offset))
        }
        return links
    }

    /// Whether another process runs the same executable file.
    private static func hasOtherInstance(of processID: Int32) -> Bool {
        var own = stat()
        guard stat("/proc/\(processID)/exe", &own) == 0, let directory = opendir("/proc") else { return false }
        defer { closedir(directory) }
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            guard let other = Int32(name), other != processID else { continue }
            var status = stat()
            if stat("/proc/\(other)/exe", &status) == 0, status.st_dev == own.st_dev, status.st_ino == own.st_ino {
                return true
            }
        }
        return false
    }
}
