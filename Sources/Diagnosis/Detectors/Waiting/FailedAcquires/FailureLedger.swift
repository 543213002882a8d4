// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// The failed acquires of a pool, by error.
struct FailureLedger {
    private static let typeLimit = 32
    /// Some errors are made anew each time: those beyond this count under their type alone.
    private static let valueLimit = 4
    /// Each has a histogram.
    private static let limit = 64

    /// The words of an error. Type 0: more types than are kept; value 0: more values than are kept.
    struct Key: Hashable {
        var type: UInt64
        var value: UInt64
    }

    private(set) var states: [Key: FailureState] = [:]
    private var valueCounts: [UInt64: Int] = [:]

    mutating func note(_ error: Key, _ change: (inout FailureState) -> Void) {
        change(&states[key(of: error), default: FailureState()])
    }

    private mutating func key(of error: Key) -> Key {
        if states[error] != nil { return error }
        let values = valueCounts[error.type]
        // No pool returns so many types of errors; those beyond are one type without a name.
        if values == nil, valueCounts.count >= Self.typeLimit { return Key(type: 0, value: 0) }
        if let values, values >= Self.valueLimit || states.count >= Self.limit {
            return Key(type: error.type, value: 0)
        }
        valueCounts[error.type] = (values ?? 0) + 1
        return error
    }
}
