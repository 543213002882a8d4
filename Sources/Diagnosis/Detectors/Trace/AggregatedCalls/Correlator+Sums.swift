// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import TraceModel

/// Receives and sends that come as sums: they count, and show that a socket is in use, but not in which order.
extension Correlator {
    mutating func take(_ record: ps_socket_sum, _ ordinal: UInt64) {
        guard record.socket_inode != 0, let growth = detectors.sums.advance(record, ordinal: ordinal) else { return }
        let slot = core.sockets.enter(inode: record.socket_inode, at: record.header.timestamp_ns)
        sumLeases(of: slot)
        core.sockets[slot].receivedBytes &+= growth.received_bytes
        core.sockets[slot].sentBytes &+= growth.sent_bytes
        core.sockets[slot].dataReceives &+= growth.receives
        let isAccepted = core.isAccepted(slot)
        let endpoint = isAccepted ? core.sockets[slot].local : core.sockets[slot].remote
        detectors.sums.note(
            growth,
            of: endpoint.map {
                EndpointKey(endpoint: $0, isAccepting: isAccepted, protocolNumber: core.sockets[slot].protocolNumber)
            })
        noteUse(record, slot, ordinal)
    }

    /// From here on calls of a socket, or of all, are summed up: requests of which the answer would be in a sum are not out.
    mutating func take(_ record: ps_detail_change, _ ordinal: UInt64) {
        detectors.sums.add(record, ordinal: ordinal)
        if record.socket_inode != 0 {
            if let slot = core.sockets.slot(inode: record.socket_inode) {
                detectors.aggregationBegan(core.sockets.slot(slot), core)
                sumLeases(of: slot)
            }
            return
        }
        core.isAllSummed = true
        detectors.leaseTime.allAggregated(core)
        for slot in core.sockets.all { detectors.aggregationBegan(slot, core) }
        detectors.silentStall.allAggregated(core)
    }

    private mutating func noteUse(_ record: ps_socket_sum, _ slot: Int32, _ ordinal: UInt64) {
        let latest = min(max(record.last_receive_ns, record.last_send_ns), record.header.timestamp_ns)
        guard latest > core.sockets[slot].lastActivity?.timestamp ?? 0 else { return }
        var mark = EventMark(record.header, ordinal: ordinal)
        mark.timestamp = latest
        core.sockets[slot].lastActivity = mark
        // What single calls have shown so far is out of date: their order with those in the sums is not known.
        core.sockets[slot].retransmitRun = record.last_receive_ns == latest ? nil : core.sockets[slot].retransmitRun
        core.sockets[slot].end.heardAt = max(core.sockets[slot].end.heardAt, min(record.last_receive_ns, latest))
        core.sockets[slot].end.spokenAt = latest
        core.sockets[slot].end.spokenBefore = 0
        core.sockets[slot].trip.forget()
        detectors.callsAggregated(core.sockets.slot(slot))
        let isAsking = record.last_send_ns > record.last_receive_ns
        core.sockets[slot].unanswered = isAsking ? UnansweredSends(lastAt: record.last_send_ns) : UnansweredSends()
        var lease = core.sockets[slot].firstLease
        while lease >= 0 {
            if latest >= core.leases[lease].acquired.timestamp {
                core.leases[lease].lastActivity = mark
                core.leases[lease].waitingSince =
                    isAsking && record.last_send_ns >= core.leases[lease].acquired.timestamp ? record.last_send_ns : 0
            }
            lease = core.leases[lease].nextOfSocket
        }
    }

    func addSums(to analysis: inout TraceAnalysis) {
        analysis.summedCalls = detectors.sums.all
        guard let last = detectors.sums.last else { return }
        analysis.summed = SummedTotals(
            calls: detectors.sums.calls, sockets: detectors.sums.sockets, since: detectors.sums.change?.reference,
            last: last.reference,
            reason: detectors.sums.reason)
    }
}
