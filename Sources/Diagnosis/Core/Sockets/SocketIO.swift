// SPDX-License-Identifier: Apache-2.0
import CTraceRecords

/// What a receive or send means to sockets and leases.
struct SocketIO {
    let mark: EventMark
    /// When the call began, where its duration is known; else when it returned.
    let start: UInt64
    let isReceive: Bool
    let isWouldBlock: Bool
    /// 0: none, or an error. A peek moves none.
    let bytes: UInt64
    let isData: Bool
    let isByGoroutine: Bool
    let isStartKnown: Bool
    /// In nanoseconds: what a receive of TCP found had been there at least so long, to the clock tick.
    let arrivalAge: UInt64

    init(_ record: ps_socket_io, ordinal: UInt64) {
        mark = EventMark(record.header, ordinal: ordinal)
        let now = record.header.timestamp_ns
        start = now >= record.duration_ns ? now - record.duration_ns : now
        isReceive = record.operation == ps_io_operation.receive.rawValue
        isWouldBlock = record.result == -11
        isData = record.result > 0
        isByGoroutine = record.header.goroutine_id != 0
        isStartKnown = record.flags & UInt8(PS_IO_DURATION_UNKNOWN) == 0
        arrivalAge = UInt64(record.arrival_age_ms) &* 1_000_000
        bytes = isData && record.flags & UInt8(PS_IO_PEEK) == 0 ? UInt64(record.result) : 0
    }

    /// Data moved, or the caller found that it must wait.
    var isActivity: Bool { isData || isWouldBlock }
}
