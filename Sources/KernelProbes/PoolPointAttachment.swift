// SPDX-License-Identifier: Apache-2.0
import CLibbpf
import CTraceRecords
import Glibc

/// Arms the points in the target: one uprobe_multi link where the kernel has it, else a perf event for each.
struct PoolPointAttachment {
    private static let programName = "pool_point"

    private let options: KernelSessionOptions
    private let object: BPFObject
    /// `uprobe_multi` or `uprobe`; `nil`: no points.
    let mechanism: String?

    init(_ options: KernelSessionOptions, object: BPFObject, features: KernelFeatures) throws(KernelProbeError) {
        self.options = options
        self.object = object
        guard !options.points.isEmpty else {
            mechanism = nil
            return
        }
        if let reason = features.uprobe.reason, !features.uprobeMulti.isSupported {
            throw KernelProbeError(
                stage: .attach, object: "the probes in the target", errorNumber: 0, detail: reason,
                remedy: "Without uprobes no pool can be seen; '--no-pools' records its sockets alone.")
        }
        // Before 6.10 the PID filter of uprobe_multi knows one thread only ("bpf: Fix multi-uprobe PID filtering
        // logic"), so the link is made without one, and the programs filter. That arms every process which runs the
        // same file: where there is another, perf events with their own, exact filter are the safer choice.
        let multi = features.uprobeMulti.isSupported && !Self.hasOtherInstance(of: options.processID)
        mechanism = multi ? "uprobe_multi" : "uprobe"
        try object.enable(Self.programName)
        if multi {
            bpf_program__set_expected_attach_type(
                try object.program(Self.programName), bpf_attach_type(UprobeMulti.attachType))
        }
    }

    func fillMap() throws(KernelProbeError) {
        guard mechanism != nil else { return }
        let map = try object.mapDescriptor("pool_points")
        for item in options.points {
            var (key, value) = (item.address, item.point)
            let result = bpf_map_update_elem(map, &key, &value, UInt64(BPF_ANY))
            if result != 0 { throw KernelProbeError.map("pool_points", errno: -result) }
        }
    }

    /// Releases are armed before acquires: a lease that begins meanwhile has an end.
    func attach() throws(KernelProbeError) -> [BPFLink] {
        guard let mechanism else { return [] }
        let program = try object.program(Self.programName)
        let ordered = options.points.sorted { $0.point.role.rawValue > $1.point.role.rawValue }
        if mechanism == "uprobe_multi" {
            let descriptor = UprobeMulti.create(
                program: bpf_program__fd(program), path: options.executablePath, offsets: ordered.map(\.fileOffset),
                process: 0)
            guard descriptor >= 0 else { throw .attach("the probes in \(options.executablePath)", errno: -descriptor) }
            return [.adopting(descriptor: descriptor)]
        }
        var links: [BPFLink] = []
        for item in ordered {
            links.append(
                try .uprobe(
                    program, process: options.processID, path: options.executablePath, offset: item.fileOffset))
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
