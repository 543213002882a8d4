// SPDX-License-Identifier: Apache-2.0

/// A record of the trace that a statement rests on.
public struct EventReference: Hashable, Sendable, CustomStringConvertible {
    /// The record's place in the trace, counted from 0: what `poolscope show --event` takes.
    public var ordinal: UInt64
    /// The record kind by schema name, such as `pool_acquire_end`.
    public var kind: String
    public var timestamp: MonotonicInstant

    public init(ordinal: UInt64, kind: String, timestamp: MonotonicInstant) {
        self.ordinal = ordinal
        self.kind = kind
        self.timestamp = timestamp
    }

    public var description: String { "#\(ordinal) \(kind)" }
}
