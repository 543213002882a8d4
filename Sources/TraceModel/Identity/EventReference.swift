// SPDX-License-Identifier: Apache-2.0

/// A record of the trace that a statement rests on.
public struct EventReference: Hashable, Sendable, CustomStringConvertible {
    /// The record's place in the trace, counted from 0: what `poolscope show --event` takes.
    public var ordinal: UInt64
    public var kind: RecordKind
    public var timestamp: MonotonicInstant

    public init(ordinal: UInt64, kind: RecordKind, timestamp: MonotonicInstant) {
        self.ordinal = ordinal
        self.kind = kind
        self.timestamp = timestamp
    }

    public var description: String { "#\(ordinal) \(kind.name)" }
}
