// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import TraceModel

/// A record's place, as the ledgers keep it: its name is looked up only when it is shown.
struct EventMark {
    var ordinal: UInt64
    var timestamp: UInt64
    var kind: UInt16

    init(_ header: ps_header, ordinal: UInt64) {
        self.ordinal = ordinal
        timestamp = header.timestamp_ns
        kind = header.kind
    }

    var reference: EventReference {
        EventReference(
            ordinal: ordinal, kind: RecordKindName.name(of: kind) ?? "unknown",
            timestamp: MonotonicInstant(nanoseconds: timestamp))
    }
}
