// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import PoolAdapters
public import TargetInspection
import TraceModel

/// The target with all that could be learnt from its executable before anything is armed.
public struct InspectedTarget: Sendable {
    public let process: TargetProcess
    /// `nil`: not a Go program.
    public let buildInfo: GoBuildInfo?
    public let symbols: GoSymbolTable?
    public let runtime: GoRuntimeLayout?
    /// Where fields lie, with those of the runtime asked for already; `nil`: not a Go program.
    let fields: GoFieldResolver?
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
        buildInfo = try? GoBuildInfo(image: process.image)
        if let buildInfo {
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
        self.blindSpots = blindSpots
    }

    /// The program's own type descriptors; `nil`: not found.
    var types: GoTypes? { symbols.flatMap { Self.types(of: process, $0) } }

    private static func types(of process: TargetProcess, _ symbols: GoSymbolTable) -> GoTypes? {
        symbols.moduleData.map { GoTypes(memory: process.memory, moduleData: $0, bias: process.loadBias) }
    }

    private static func untested(_ version: GoVersion) -> String {
        "poolscope was not tested with \(version): where fields lie is read from the program, but arguments are believed "
            + "to be passed as in the versions before and after."
    }

    /// The first hop of the walk from an object of a structure type; `nil`: the program's types do not have it.
    ///
    /// - Parameter fields: where the type is looked for.
    func firstHop(from structure: GoStructureName, in fields: GoFieldResolver?) -> WalkHop? {
        guard let types, let type = fields?.descriptor(of: structure) else { return nil }
        return WalkPlanner(types: types).hop(fromStructure: type).hop
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
