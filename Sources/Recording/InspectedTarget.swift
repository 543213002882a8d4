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
        buildInfo = try? GoBuildInfo(image: process.image)
        if let buildInfo {
            do throws(InspectionError) {
                let table = try GoSymbolTable(image: process.image, version: buildInfo.goVersion)
                symbols = table
                let threadLocal = GoThreadLocal(symbols: table)?.offset(in: process.memory, bias: process.loadBias)
                if let version = buildInfo.goVersion {
                    runtime = try GoRuntimeLayout(
                        version: version, threadLocalOffset: threadLocal, path: process.executablePath)
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
        self.symbols = symbols
        self.runtime = runtime
        self.blindSpots = blindSpots
    }

    /// The program's own type descriptors; `nil`: not found.
    var types: GoTypes? {
        symbols?.moduleData.map { GoTypes(memory: process.memory, moduleData: $0, bias: process.loadBias) }
    }

    /// The first hop of a walk; `nil`: the program's types do not have it.
    func firstHop(_ walk: ConnectionWalk) -> WalkHop? {
        switch walk {
        case .hop(let hop): return hop
        case .structure(let name, let package):
            guard let types, let type = types.structure(named: name, package: package) else { return nil }
            return WalkPlanner(types: types).hop(fromStructure: type).hop
        }
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
