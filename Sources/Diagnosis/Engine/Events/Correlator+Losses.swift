// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import TraceModel

/// Records that are not in the trace, and calls that are in it as sums.
extension Correlator {
    /// Records lost so far, by the loss records of the trace.
    public var lostCount: UInt64 { core.losses.total }

    mutating func take(_ record: ps_loss) {
        core.losses.add(record)
        guard record.count > 0, record.reason != ps_loss_reason.stack_missing.rawValue,
            record.lost_kind == 0 || record.lost_kind == RecordKind.socketIO.rawValue
        else { return }
        detectors.callsLost(at: record.header.timestamp_ns, core)
    }

    /// Calls of the socket come in sums: what its leases do with it is not known from here on.
    mutating func sumLeases(of socket: Int32) {
        if core.sockets[socket].isSummed { return }
        core.sockets[socket].isSummed = true
        detectors.leaseTime.aggregationBegan(core.sockets.slot(socket), core)
    }
}
