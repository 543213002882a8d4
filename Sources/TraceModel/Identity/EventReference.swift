// SPDX-License-Identifier: Apache-2.0

/// A record of the trace that a statement rests on.
public struct EventReference: Hashable, Sendable, CustomStringConvertible {
    /// The record's place in the trace, counted from 0: what `poolscope show --event` takes.
    public var ordinal: UInt64
    /// What the record at `ordinal` is.
    public var kind: RecordKind
    /// When it happened, by the record's header.
    public var timestamp: MonotonicInstant

    /// Not checked against a trace: the caller has read the record.
    public init(ordinal: UInt64, kind: RecordKind, timestamp: MonotonicInstant) {
        self.ordinal = ordinal
        self.kind = kind
        self.timestamp = timestamp
    }

    /// As reports name it: `#17 socket_close`.
    public var description: String { "#\(ordinal) \(kind.name)" }
}
