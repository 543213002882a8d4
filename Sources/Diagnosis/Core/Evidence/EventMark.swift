// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import TraceModel

/// A record's place, as the ledgers keep it.
struct EventMark {
    var ordinal: UInt64
    var timestamp: UInt64
    var kind: RecordKind

    init(_ header: ps_header, ordinal: UInt64) {
        self.ordinal = ordinal
        timestamp = header.timestamp_ns
        kind = header.recordKind
    }

    var reference: EventReference {
        EventReference(
            ordinal: ordinal, kind: kind,
            timestamp: MonotonicInstant(nanoseconds: timestamp))
    }
}
