// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import PoolAdapters
public import TargetInspection
import TraceModel

/// The target with all that could be learnt from its executable before anything is armed.
public struct InspectedTarget: Sendable {
    /// Neither stopped nor changed by the inspection.
    public let process: TargetProcess
    /// `nil`: not a Go program, or one whose build information cannot be read.
    public let buildInfo: GoBuildInfo?
    /// Why the build information of a Go program cannot be read; `nil`: it can, or the program is not Go.
    public let buildInfoFailure: InspectionError?
    /// `nil`: `blindSpots` says why, as for `runtime`.
    let symbols: GoSymbolTable?
    /// `nil`: goroutines cannot be told apart.
    let runtime: GoRuntimeLayout?
    /// Where fields lie, with those of the runtime asked for already; `nil`: not a Go program.
    let fields: GoFieldResolver?
    /// The way from the standard library's own connections to their descriptors, by the address of the structure type's
    /// descriptor.
    let standardHops: [UInt64: PointerHop]
    private let format: GoMemoryFormat?
    /// One sentence for each thing that cannot be seen, with the reason.
    public let blindSpots: [String]

    /// Inspects a running process.
    ///
    /// - Throws: when there is no such process, it may not be looked at, or its executable is not a sound ELF file. An
    ///   unknown runtime is no error: the sockets can still be recorded.
    public init(processID: Int32) throws(InspectionError) {
        let process = try TargetProcess(processID: processID)
        self.process = process
        var blindSpots: [String] = []
        var symbols: GoSymbolTable?
        var runtime: GoRuntimeLayout?
        var fields: GoFieldResolver?
        var format: GoMemoryFormat?
        var standardHops: [UInt64: PointerHop] = [:]
        switch Self.buildInfo(of: process.image) {
        case .success(let found): (buildInfo, buildInfoFailure) = (found, nil)
        case .failure(let error): (buildInfo, buildInfoFailure) = (nil, error)
        }
        if let buildInfoFailure {
            blindSpots.append("Goroutines and pools cannot be told apart: \(buildInfoFailure)")
        } else if let buildInfo {
            do throws(InspectionError) {
                let table = try GoSymbolTable(image: process.image, version: buildInfo.goVersion)
                symbols = table
                let threadLocal = GoThreadLocal(symbols: table)?.offset(in: process.memory, bias: process.loadBias)
                if let version = buildInfo.goVersion {
                    var resolver = GoFieldResolver(
                        offsets: GoFieldOffsets(image: process.image, types: Self.types(of: process, table)))
                    defer { fields = resolver }
                    runtime = try GoRuntimeLayout(
                        fields: &resolver, version: version, threadLocalOffset: threadLocal,
                        path: process.executablePath)
                    let found = GoMemoryFormat(fields: &resolver, version: version)
                    format = found
                    if !found.knowsTypes { resolver.distrustDescriptors() }
                    if found.knowsTypes, let types = Self.types(of: process, table) {
                        standardHops = Self.standardHops(in: types, &resolver)
                    }
                    if !version.isTested { blindSpots.append(Self.untested(version)) }
                } else {
                    blindSpots.append(
                        "Goroutines cannot be told apart: Go's version \(buildInfo.version) is not known.")
                }
            } catch {
                blindSpots.append("Goroutines and pools cannot be told apart: \(error)")
            }
        } else {
            let kind = process.image.isStaticallyLinked ? "a statically linked program" : "a program"
            blindSpots.append(
                "\(process.executablePath) is \(kind) that is not Go: no pool of its runtime is known. "
                    + "Its sockets are recorded.")
        }
        if process.hasIOUring {
            blindSpots.append(
                "The process uses io_uring: connects and accepts through it leave no record, and receives and sends "
                    + "only where there is fentry or kprobes.")
        }
        self.symbols = symbols
        self.runtime = runtime
        self.fields = fields
        self.format = format
        self.standardHops = standardHops
        self.blindSpots = blindSpots
    }

    /// `nil`: not a Go program. One that cannot be read is a failure: it must not pass for a program in another language.
    private static func buildInfo(of image: ExecutableImage) -> Result<GoBuildInfo?, InspectionError> {
        do throws(InspectionError) {
            return .success(try GoBuildInfo(image: image))
        } catch {
            return error.code == .notGo ? .success(nil) : .failure(error)
        }
    }

    /// The program's own type descriptors; `nil`: not found, or not as poolscope reads them.
    var types: GoTypes? {
        guard format?.knowsTypes == true else { return nil }
        return symbols.flatMap { Self.types(of: process, $0) }
    }

    /// Errors that `errors.New` made are as poolscope reads them.
    var knowsErrors: Bool { format?.knowsErrors == true }

    /// What a lease has no socket without.
    static let chainLoss = "which socket a lease has, but for the one that its holder uses"

    /// Every chain ends in one of these; a program has those that it uses.
    private static func standardHops(in types: GoTypes, _ fields: inout GoFieldResolver) -> [UInt64: PointerHop] {
        let planner = PointerChainPlanner(types: types)
        var hops: [UInt64: PointerHop] = [:]
        for (package, name) in [
            ("net", "TCPConn"), ("net", "UDPConn"), ("net", "UnixConn"), ("net", "IPConn"), ("crypto/tls", "Conn"),
        ] {
            let structure = GoStructureName(package: package, name: name)
            guard let type = fields.descriptor(of: structure) else { continue }
            let route = planner.route(fromStructure: type)
            let hop = fields.hop(
                from: structure, along: route, note: "no way to its descriptor is in its type", loss: chainLoss)
            if let hop { remark(on: hop, &fields) }
            hops[type] = hop
        }
        return hops
    }

    private static func types(of process: TargetProcess, _ symbols: GoSymbolTable) -> GoTypes? {
        symbols.moduleData.map { GoTypes(memory: process.memory, moduleData: $0, bias: process.loadBias) }
    }

    private static func untested(_ version: GoVersion) -> String {
        "poolscope was not tested with \(version): where fields lie is read from the program, but arguments are believed "
            + "to be passed as in the versions before and after."
    }

    /// The first hop from an object of a structure type; `nil`: the program's types do not have it.
    ///
    /// - Parameter fields: where the type is looked for, and the field noted.
    func firstHop(from structure: GoStructureName, in fields: inout GoFieldResolver) -> PointerHop? {
        var route: PointerRoute?
        var note = "the program has no type descriptor of it"
        if let types, let type = fields.descriptor(of: structure) {
            route = PointerChainPlanner(types: types).route(fromStructure: type)
            note = "no way to a net.Conn is in its type"
        }
        let hop = fields.hop(from: structure, along: route, note: note, loss: Self.chainLoss)
        if let hop { Self.remark(on: hop, &fields) }
        return hop
    }

    /// Says of a hop that does not reach the descriptor where the rest of the way is known from.
    static func remark(on hop: PointerHop, _ fields: inout GoFieldResolver) {
        if hop.endsInDescriptor { return }
        fields.remark(
            "the way on from there is learnt at the first lease of each type that is met, from its type descriptor")
    }

    /// Where the kernel side finds goroutines; all zero when there are none to be found.
    var goConfig: ps_config {
        var config = ps_config()
        guard let symbols, let runtime else { return config }
        let text = symbols.goTextRange
        config.go_text_start = process.address(ofLinkAddress: text.lowerBound)
        config.go_text_end = process.address(ofLinkAddress: text.upperBound)
        config.go_tls_offset = runtime.threadLocalOffset ?? 0
        config.g_goid_offset = runtime.goroutineID
        config.g_m_offset = runtime.machine
        config.m_curg_offset = runtime.currentGoroutine
        return config
    }
}
