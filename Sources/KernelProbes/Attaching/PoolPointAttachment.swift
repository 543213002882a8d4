// SPDX-License-Identifier: Apache-2.0
import CLibbpf
import CTraceRecords

/// Arms the points in the target: those of pools, and those of Go's own library.
struct PoolPointAttachment {
    private static let poolProgram = "pool_point"
    private static let callProgram = "go_call"

    private let options: KernelSessionOptions
    private let object: BPFObject
    private let uprobes: UprobeAttachment?
    /// `uprobe_multi` or `uprobe`; `nil`: no points.
    var mechanism: String? { uprobes?.mechanism }
    /// Whether another try may arm what this one could not. A program that was loaded for uprobe_multi cannot be attached
    /// by a perf event (kernel/bpf/syscall.c, `bpf_prog_attach_check_attach_type`): all are loaded anew.
    var hasFallback: Bool { mechanism == "uprobe_multi" }

    init(_ options: KernelSessionOptions, object: BPFObject, features: KernelFeatures) throws(KernelProbeError) {
        self.options = options
        self.object = object
        guard !options.points.isEmpty || !options.callPoints.isEmpty else {
            uprobes = nil
            return
        }
        let uprobes = try UprobeAttachment(options, object: object, features: features)
        if !options.points.isEmpty { try uprobes.enable(Self.poolProgram) }
        if !options.callPoints.isEmpty { try uprobes.enable(Self.callProgram) }
        self.uprobes = uprobes
    }

    func fillMap() throws(KernelProbeError) {
        if uprobes == nil { return }
        try fill("pool_points", options.points.map { ($0.address, $0.point) })
        try fill("call_points", options.callPoints.map { ($0.address, $0.point) })
    }

    private func fill<Point: BitwiseCopyable>(_ name: String, _ items: [(UInt64, Point)]) throws(KernelProbeError) {
        let map = try object.mapDescriptor(name)
        for item in items {
            var (key, value) = item
            let result = bpf_map_update_elem(map, &key, &value, UInt64(BPF_ANY))
            if result != 0 { throw KernelProbeError.map(name, errno: -result) }
        }
    }

    /// What ends something is armed before what begins it: a lease or a call that begins meanwhile has an end. The pools
    /// last: their first leases are whole.
    func attach() throws(KernelProbeError) -> [BPFLink] {
        guard let uprobes else { return [] }
        var links: [BPFLink] = []
        if !options.callPoints.isEmpty {
            let ordered = options.callPoints.sorted { $0.point.role.rawValue > $1.point.role.rawValue }
            links += try uprobes.attach(Self.callProgram, to: ordered.map(\.fileOffset))
        }
        if !options.points.isEmpty {
            let ordered = options.points.sorted { $0.point.role.rawValue > $1.point.role.rawValue }
            links += try uprobes.attach(Self.poolProgram, to: ordered.map(\.fileOffset))
        }
        return links
    }
}
