// SPDX-License-Identifier: Apache-2.0
import CLibbpf
public import CTraceRecords
import Glibc
public import TraceModel

/// The kernel side of one recording: programs loaded and attached, records flowing. Detaches when destroyed.
///
/// Used from one thread.
public final class KernelSession {
    /// What is attached and how, and which probes could not be had.
    public let kernelProbes: [PlannedKernelProbe]
    /// How the points in the target were attached: `uprobe_multi`, `uprobe`; `nil`: there are none.
    public let pointMechanism: String?

    private let object: BPFObject
    private let ring: EventRing
    private var links: [BPFLink]
    private var counters: LossCounters
    private let stacks: Int32
    private let pointerHops: Int32
    private let ownedInodes: Int32
    private let hooks: [HookPrograms]
    /// Records that the ring handed out, by kind.
    private var delivered = [UInt64](repeating: 0, count: Int(PS_COUNTED_KINDS))
    let detailLevel: Int32
    let socketSums: Int32

    /// Loads and attaches. Where the kernel refuses an option when it is tried, the next one is taken.
    public init(_ options: KernelSessionOptions) throws(KernelProbeError) {
        let features = KernelFeatures(btfPath: options.btfPath)
        if let reason = features.btf.reason { throw .noBTF(reason) }
        let btf = KernelBTF(path: options.btfPath)
        var selector = AttachSelector(features: features, btf: btf, forced: options.forcedMechanism)
        let parts = try Self.parts(options, &selector, features: features, btf: btf)
        object = parts.object
        links = parts.links
        kernelProbes = parts.kernelProbes
        pointMechanism = parts.pointMechanism
        hooks = parts.hooks
        ring = try EventRing(mapDescriptor: try object.mapDescriptor("records"))
        counters = LossCounters(mapDescriptor: try object.mapDescriptor("counters"))
        stacks = try object.mapDescriptor("stacks")
        pointerHops = try object.mapDescriptor("pointer_hops")
        ownedInodes = try object.mapDescriptor("owned_inodes")
        detailLevel = try object.mapDescriptor("detail_level")
        socketSums = try object.mapDescriptor("socket_sums")
    }

    /// How each probe would be attached, without loading anything.
    public static func preview(forcedMechanism: AttachMechanism?, btfPath: String?) -> [PlannedKernelProbe] {
        let selector = AttachSelector(
            features: KernelFeatures(btfPath: btfPath), btf: KernelBTF(path: btfPath), forced: forcedMechanism)
        return ProbeRegistry.all.map { planned($0, selector.choose($0)) }
    }

    private static func planned(
        _ probe: any KernelProbe, _ result: (choice: AttachSelector.Choice?, reasons: [String])
    ) -> PlannedKernelProbe {
        PlannedKernelProbe(
            name: probe.name, mechanism: result.choice?.option.mechanism.rawValue,
            hooks: result.choice.map { choice in choice.programs.map(\.hook).uniqued() } ?? [],
            records: probe.records.map(\.name),
            note: result.choice == nil ? result.reasons.joined(separator: "; ") : result.choice?.option.note)
    }

    /// Hands out at most `limit` records from the ring: kind, and bytes that are valid during the call only.
    public func drain(limit: Int, into sink: (UInt16, UnsafeRawBufferPointer) -> Void) -> Int {
        ring.drain(limit: limit) { kind, bytes in
            if Int(kind) < delivered.count { delivered[Int(kind)] &+= 1 }
            sink(kind, bytes)
        }
    }

    /// What is missing, and of how much.
    public func account() -> KernelAccount {
        // In this order: what a fallback program does meanwhile is not held against other skips.
        var skips: [UInt16: UInt64] = hooks.reduce(into: [:]) { $0[$1.kind, default: 0] &+= $1.skips }
        let counters = counters.read()
        for (kind, counter) in counters {
            let done = ps_counters.sum(counter).done_by_fallback
            skips[kind] = skips[kind].map { $0 - min($0, done) }
        }
        var undelivered: [UInt16: UInt64] = [:]
        for (kind, counter) in counters {
            let (counter, came) = (ps_counters.sum(counter), delivered[Int(kind)])
            let begun = counter.attempted &- min(counter.lost, counter.attempted)
            if begun > came { undelivered[kind] = begun &- came }
        }
        return KernelAccount(counters: counters, skips: skips.filter { $0.value > 0 }, undelivered: undelivered)
    }

    /// Records from the ring that had no header.
    public var malformedRecords: UInt64 { ring.malformed }

    /// The addresses of a stack, innermost first; `nil`: the kernel does not have it.
    public func stack(_ id: Int32) -> [UInt64]? {
        guard id >= 0 else { return nil }
        var key = UInt32(bitPattern: id)
        var addresses = [UInt64](repeating: 0, count: Int(PS_STACK_DEPTH))
        let result = addresses.withUnsafeMutableBytes { bpf_map_lookup_elem(stacks, &key, $0.baseAddress) }
        guard result == 0 else { return nil }
        return Array(addresses.prefix { $0 != 0 })
    }

    /// Teaches the kernel side how to go on from a dynamic type, by the address of its type descriptor.
    public func setPointerHop(type: UInt64, _ hop: ps_pointer_hop) throws(KernelProbeError) {
        var (key, value) = (type, hop)
        let result = bpf_map_update_elem(pointerHops, &key, &value, UInt64(BPF_ANY))
        if result != 0 { throw KernelProbeError.map("pointer_hops", errno: -result) }
    }

    /// Declares a socket to be the target's, so that its state changes are recorded whoever causes them.
    public func ownSocket(inode: UInt64) {
        var (key, value) = (inode, UInt64(1))
        _ = bpf_map_update_elem(ownedInodes, &key, &value, UInt64(BPF_ANY))
    }

    /// Detaches all probes now, those in the target first, which were attached last. The ring keeps what was recorded.
    ///
    /// Of tracepoints the programs are gone when this returns. To switch off the tracepoints themselves takes some 40 ms
    /// each, one after the other (`perf_trace_destroy` waits with `event_mutex` held, kernel/trace/trace_event_perf.c), and
    /// goes on meanwhile.
    public func detach() {
        var programs: [Int32] = []
        var events: [Int32] = []
        while let link = links.popLast() {
            guard let parts = link.surrender() else { continue }
            programs.append(parts.program)
            events.append(parts.event)
        }
        DescriptorClosing.together(programs)
        DescriptorClosing.meanwhile(events)
    }

    // MARK: - Set-up

    private struct Parts {
        let object: BPFObject
        let links: [BPFLink]
        let kernelProbes: [PlannedKernelProbe]
        let pointMechanism: String?
        let hooks: [HookPrograms]
    }

    /// Tries until all is attached that can be. Each try that fails takes away what failed in it, so that they end.
    private static func parts(
        _ options: KernelSessionOptions, _ selector: inout AttachSelector, features: KernelFeatures, btf: KernelBTF?
    ) throws(KernelProbeError) -> Parts {
        var options = options
        while true {
            if let parts = try attempt(&options, &selector, features: features, btf: btf) { return parts }
        }
    }

    /// One try; `nil`: something was refused, and the next try may succeed.
    private static func attempt(
        _ options: inout KernelSessionOptions, _ selector: inout AttachSelector, features: KernelFeatures,
        btf: KernelBTF?
    ) throws(KernelProbeError) -> Parts? {
        let object = try BPFObject(btfPath: options.btfPath)
        let selection = ProbeRegistry.all.map { ($0, selector.choose($0)) }
        let choices = selection.compactMap { $0.1.choice }
        for choice in choices {
            for program in choice.programs { try object.enable(program.name) }
        }
        let points = try PoolPointAttachment(options, object: object, features: features)
        try configure(object, options, btf: btf)
        do {
            try object.load()
        } catch {
            try refuse(error, choices: choices, selector: &selector)
            return nil
        }
        try points.fillMap()
        var links: [BPFLink] = []
        var attached: Set<String> = []
        for choice in choices {
            do {
                for program in choice.programs where attached.insert(program.name).inserted {
                    links.append(
                        try BPFLink.attach(
                            try object.program(program.name), maximumReturns: options.maximumReturns))
                }
            } catch {
                selector.refuse(choice, reason: error.description)
                return nil
            }
        }
        do {
            links += try points.attach()
        } catch {
            guard points.hasFallback else { throw error }
            options.usesPerfEvents = true
            return nil
        }
        return Parts(
            object: object, links: links, kernelProbes: selection.map { planned($0.0, $0.1) },
            pointMechanism: points.mechanism, hooks: try HookPrograms.all(of: choices, in: object))
    }

    /// A load failed: the option of the program that the kernel refused is out. Without a culprit nothing can be mended.
    private static func refuse(
        _ error: KernelProbeError, choices: [AttachSelector.Choice], selector: inout AttachSelector
    ) throws(KernelProbeError) {
        guard let program = error.program,
            let culprit = choices.first(where: { $0.programs.contains { $0.name == program } })
        else { throw error }
        selector.refuse(culprit, reason: error.description)
    }

    /// The kernel's coarse clocks advance once per jiffy, and say so (kernel/time/posix-timers.c, `KTIME_LOW_RES`).
    private static func tickNanoseconds() -> UInt32 {
        var resolution = timespec()
        guard clock_getres(CLOCK_MONOTONIC_COARSE, &resolution) == 0, resolution.tv_sec == 0 else { return 0 }
        return UInt32(clamping: resolution.tv_nsec)
    }

    static func configure(
        _ object: BPFObject, _ options: KernelSessionOptions, btf: KernelBTF?
    ) throws(KernelProbeError) {
        let namespace = PidNamespace()
        var config = options.go
        config.target_process_id = UInt32(bitPattern: options.processID)
        config.pid_namespace_inode = namespace.inode
        config.pid_namespace_level = namespace.level
        config.receive_flags_argument = btf?.argumentCount("tcp_recvmsg") == 6 ? 4 : 3
        config.has_typed_reads = options.btfPath == nil && btf?.functionID("bpf_rdonly_cast") != nil ? 1 : 0
        config.tick_ns = Self.tickNanoseconds()
        config.slow_ns = options.slowNanoseconds
        config.key_multiplier = UInt64.random(in: .min ... .max) | 1
        try object.setReadOnlyData(section: ".rodata.config", config)
        var size = UInt32(getpagesize())
        while size < UInt32(clamping: options.ringBytes), size < 1 << 30 { size <<= 1 }
        let result = bpf_map__set_max_entries(try object.map("records"), size)
        if result != 0 { throw KernelProbeError.map("records", errno: -result) }
    }
}

extension Sequence where Element: Hashable {
    /// The elements in their order, each once.
    func uniqued() -> [Element] {
        var seen: Set<Element> = []
        return filter { seen.insert($0).inserted }
    }
}
