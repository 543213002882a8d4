// SPDX-License-Identifier: Apache-2.0
import TargetInspection
import TraceFile
import TraceModel

/// Puts the name of each type of error that pools met into the trace, once, and of those errors that are package variables:
/// the analysis must not need the binary.
struct ErrorTypeRecorder {
    private let types: GoTypes?
    private let memory: TargetMemory
    private var known: Set<UInt64> = []
    private var unnamed: [UInt64] = []
    /// `nil`: they are not laid out as they are read.
    private let sentinels: SentinelErrors?
    private var knownValues: Set<UInt64> = []
    private var unnamedValues: [(type: UInt64, value: UInt64)] = []

    /// `abi.ITab.Type`: the first word of an `error` leads to its dynamic type (internal/abi/iface.go; runtime.itab
    /// before Go 1.22).
    private static let dynamicType: UInt64 = 8
    /// More types of errors than any program returns from a pool: a guard against garbage in a register.
    private static let limit = 4096
    private static let shared = "*errors.errorString"

    init(target: InspectedTarget) {
        types = target.types
        memory = target.process.memory
        sentinels = target.knowsErrors ? SentinelErrors(process: target.process) : nil
    }

    /// - Parameter errorType: `error_type` of a record.
    mutating func note(_ errorType: UInt64) {
        if errorType != 0, known.count < Self.limit, known.insert(errorType).inserted { unnamed.append(errorType) }
    }

    /// - Parameter value: `error_value` of the same record.
    mutating func note(_ errorType: UInt64, value: UInt64) {
        note(errorType)
        guard errorType != 0, value != 0, knownValues.count < Self.limit, knownValues.insert(value).inserted else {
            return
        }
        unnamedValues.append((errorType, value))
    }

    /// Writes the names of what was noted since the last time. What has no name that can be read has none in the trace.
    mutating func write(to writer: TraceWriter) throws {
        guard !unnamed.isEmpty || !unnamedValues.isEmpty else { return }
        var named: [StackSymbol] = []
        for table in unnamed {
            guard let name = typeName(table) else { continue }
            named.append(StackSymbol(address: table, frames: [], typeName: name))
        }
        for (type, value) in unnamedValues where typeName(type) == Self.shared {
            guard let name = sentinels?.name(type: type, value: value) else { continue }
            named.append(StackSymbol(address: value, frames: [], typeName: name))
        }
        unnamed.removeAll(keepingCapacity: true)
        unnamedValues.removeAll(keepingCapacity: true)
        if !named.isEmpty { try writer.write(.symbols(named)) }
    }

    private func typeName(_ table: UInt64) -> String? {
        memory.readUInt64(table &+ Self.dynamicType).flatMap { types?.name(of: $0) }
    }
}
