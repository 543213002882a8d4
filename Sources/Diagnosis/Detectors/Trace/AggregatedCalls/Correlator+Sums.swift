// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import TraceModel

/// Receives and sends that come as sums: they count, and show that a socket is in use, but not in which order.
extension Correlator {
    mutating func take(_ record: ps_socket_sum, _ ordinal: UInt64) {
        guard record.socket_inode != 0, let growth = sums.advance(record, ordinal: ordinal) else { return }
        let slot = sockets.enter(inode: record.socket_inode, at: record.header.timestamp_ns)
        sumLeases(of: slot)
        sockets[slot].receivedBytes &+= growth.received_bytes
        sockets[slot].sentBytes &+= growth.sent_bytes
        sockets[slot].dataReceives &+= growth.receives
        let isAccepted = isAccepted(sockets[slot])
        let endpoint = isAccepted ? sockets[slot].local : sockets[slot].remote
        sums.note(
            growth,
            of: endpoint.map {
                EndpointKey(endpoint: $0, isAccepting: isAccepted, protocolNumber: sockets[slot].protocolNumber)
            })
        noteUse(record, slot, ordinal)
    }

    /// From here on calls of a socket, or of all, are summed up: requests of which the answer would be in a sum are not out.
    mutating func take(_ record: ps_detail_change, _ ordinal: UInt64) {
        sums.add(record, ordinal: ordinal)
        if record.socket_inode != 0 {
            if let slot = sockets.slot(inode: record.socket_inode) {
                forgetAsking(slot)
                sumLeases(of: slot)
            }
            return
        }
        isAllSummed = true
        for lease in leases.open { leases[lease].split.sum() }
        for slot in sockets.live { forgetAsking(slot) }
        stalls.sumAll(at: now, least: thresholds.silentStallConnections)
    }

    private mutating func forgetAsking(_ slot: Int32) {
        sockets[slot].ask.sentAt = 0
        forgetRequest(of: slot)
        if sockets[slot].request.peer == RequestState.unknown { enterPeer(of: slot) }
        guard sockets[slot].request.peer >= 0 else { return }
        stalls.sum(Int(sockets[slot].request.peer), at: now, least: thresholds.silentStallConnections)
    }

    private mutating func noteUse(_ record: ps_socket_sum, _ slot: Int32, _ ordinal: UInt64) {
        let latest = min(max(record.last_receive_ns, record.last_send_ns), record.header.timestamp_ns)
        guard latest > sockets[slot].lastActivity?.timestamp ?? 0 else { return }
        var mark = EventMark(record.header, ordinal: ordinal)
        mark.timestamp = latest
        sockets[slot].lastActivity = mark
        // What single calls have shown so far is out of date: their order with those in the sums is not known.
        sockets[slot].retransmitRun = record.last_receive_ns == latest ? nil : sockets[slot].retransmitRun
        sockets[slot].end.heardAt = max(sockets[slot].end.heardAt, min(record.last_receive_ns, latest))
        sockets[slot].end.spokenAt = latest
        sockets[slot].end.spokenBefore = 0
        sockets[slot].requestAt = 0
        sockets[slot].leftUnreadAt = 0
        sockets[slot].waitingRead = nil
        sockets[slot].trip.forget()
        if sockets[slot].stream >= 0 { streams[sockets[slot].stream].interrupt() }
        let isAsking = record.last_send_ns > record.last_receive_ns
        sockets[slot].unanswered = isAsking ? UnansweredSends(lastAt: record.last_send_ns) : UnansweredSends()
        var lease = sockets[slot].firstLease
        while lease >= 0 {
            if latest >= leases[lease].acquired.timestamp {
                leases[lease].lastActivity = mark
                leases[lease].waitingSince =
                    isAsking && record.last_send_ns >= leases[lease].acquired.timestamp ? record.last_send_ns : 0
            }
            lease = leases[lease].nextOfSocket
        }
    }

    func addSums(to analysis: inout TraceAnalysis) {
        analysis.summedCalls = sums.all
        guard let last = sums.last else { return }
        analysis.summed = SummedTotals(
            calls: sums.calls, sockets: sums.sockets, since: sums.change?.reference, last: last.reference,
            reason: sums.reason)
    }
}
