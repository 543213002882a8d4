// SPDX-License-Identifier: Apache-2.0
import TargetInspection
import TraceFile
import TraceModel

/// Puts the name of each type of error that pools met into the trace, once: the analysis must not need the binary.
struct ErrorTypeRecorder {
    private let types: GoTypes?
    private let memory: TargetMemory
    private var known: Set<UInt64> = []
    private var unnamed: [UInt64] = []

    /// `abi.ITab.Type`: the first word of an `error` leads to its dynamic type (internal/abi/iface.go; runtime.itab
    /// before Go 1.22).
    private static let dynamicType: UInt64 = 8
    /// More types of errors than any program returns from a pool: a guard against garbage in a register.
    private static let limit = 4096

    init(target: InspectedTarget) {
        types = target.types
        memory = target.process.memory
    }

    /// - Parameter errorType: `error_type` of a record.
    mutating func note(_ errorType: UInt64) {
        if errorType != 0, known.count < Self.limit, known.insert(errorType).inserted { unnamed.append(errorType) }
    }

    /// Writes the names of what was noted since the last time. A type whose name cannot be read has none in the trace.
    mutating func write(to writer: TraceWriter) throws {
        guard let types, !unnamed.isEmpty else { return }
        let named = unnamed.compactMap { table in
            memory.readUInt64(table &+ Self.dynamicType).flatMap(types.name(of:))
                .map { StackSymbol(address: table, frames: [], typeName: $0) }
        }
        unnamed.removeAll(keepingCapacity: true)
        if !named.isEmpty { try writer.write(.symbols(named)) }
    }
}
