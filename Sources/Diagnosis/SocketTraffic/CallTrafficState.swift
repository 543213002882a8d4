// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import TraceModel

/// The receives, or the sends, of a socket so far.
struct CallTrafficState {
    private var traffic = CallTraffic()
    private var times = LogHistogram()

    /// - Parameter isTimed: its duration is counted, where there is one.
    mutating func note(_ record: ps_socket_io, isTimed: Bool) {
        traffic.calls &+= 1
        if record.result > 0 {
            if record.flags & UInt8(PS_IO_PEEK) == 0 { traffic.bytes &+= UInt64(record.result) }
        } else if record.result == -11 {
            traffic.wouldBlocks &+= 1
        } else if record.result < 0 {
            traffic.failures &+= 1
        }
        if isTimed, record.flags & UInt8(PS_IO_DURATION_UNKNOWN) == 0 { times.add(record.duration_ns) }
    }

    mutating func add(calls: UInt64, wouldBlocks: UInt64, bytes: UInt64) {
        traffic.calls &+= calls &+ wouldBlocks
        traffic.summed &+= calls &+ wouldBlocks
        traffic.wouldBlocks &+= wouldBlocks
        traffic.bytes &+= bytes
    }

    var summary: CallTraffic {
        var summary = traffic
        summary.times = times.statistics
        return summary
    }
}
