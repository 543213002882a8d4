// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import TraceModel

/// The data segments of a TCP socket, and those sent again, as censuses told them.
struct SegmentCount {
    private var isKnown = false
    private var sentBefore: UInt32 = 0
    private var resentBefore: UInt32 = 0
    private var sentNow: UInt32 = 0
    private var resentNow: UInt32 = 0
    var firstResent: EventMark?
    var lastResent: EventMark?

    /// What the kernel counted before the first census is from before the trace, unless the socket was born in it.
    mutating func add(_ record: ps_census_socket, isBorn: Bool) {
        if record.data_segments_sent == 0 { return }
        if !isKnown, !isBorn { (sentBefore, resentBefore) = (record.data_segments_sent, record.retransmits) }
        isKnown = true
        (sentNow, resentNow) = (record.data_segments_sent, record.retransmits)
    }

    /// During the trace, those sent again included; zero where nothing is known.
    var sent: UInt64 { UInt64(sentNow &- min(sentBefore, sentNow)) }
    var resent: UInt64 { UInt64(resentNow &- min(resentBefore, resentNow)) }
}
