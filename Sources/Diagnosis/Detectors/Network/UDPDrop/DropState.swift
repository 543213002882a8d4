// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import TraceModel

/// The datagrams that a socket lost for want of room.
struct DropState {
    private static let burstGap: UInt64 = 100_000_000
    var drops: UInt64 = 0
    var hostDrops: UInt64 = 0
    var burst: UInt64 = 0
    var longestBurst: UInt64 = 0
    var bufferBytes: UInt32 = 0
    var first: EventMark?
    var last: EventMark?
    /// The kernel's count at the first and the last census; before the trace, unless the socket was born in it.
    var countAtFirstCensus: UInt32?
    var countAtLastCensus: UInt32 = 0
    var census: EventMark?

    mutating func add(_ record: ps_datagram_drop, ordinal: UInt64) {
        let mark = EventMark(record.header, ordinal: ordinal)
        drops &+= 1
        if record.result == -105 { hostDrops &+= 1 }
        let gap = mark.timestamp &- min(last?.timestamp ?? 0, mark.timestamp)
        burst = gap <= Self.burstGap ? burst &+ 1 : 1
        longestBurst = max(longestBurst, burst)
        bufferBytes = max(bufferBytes, record.buffer_bytes)
        first = first ?? mark
        last = mark
    }

    mutating func add(_ record: ps_census_socket, ordinal: UInt64, isBorn: Bool) {
        if countAtFirstCensus == nil { countAtFirstCensus = isBorn ? 0 : record.drops }
        // The census whose count is the highest shows it.
        if census == nil || record.drops > countAtLastCensus { census = EventMark(record.header, ordinal: ordinal) }
        countAtLastCensus = max(countAtLastCensus, record.drops)
        bufferBytes = max(bufferBytes, record.receive_buffer_bytes)
    }

    /// By records or censuses, whichever saw more.
    var total: UInt64 { max(drops, UInt64(countAtLastCensus &- min(countAtFirstCensus ?? 0, countAtLastCensus))) }
}
