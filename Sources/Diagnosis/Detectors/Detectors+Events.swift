// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import TraceModel

/// Who listens to what, and in which order. The order matters only where a line says why.
extension Detectors {
    /// By far the most events. Nothing is allocated here once the sockets and leases are known.
    @inline(__always)
    mutating func dataMoved(_ event: IOEvent, _ core: Core) {
        idleKilled.dataMoved(event, core)
        blockedReader.dataMoved(event, isFirst: event.isFirstReceive, core)
        leaseTime.dataMoved(event, core)
        sequentialRoundTrips.dataMoved(event, core)
        datagramPeers.dataMoved(event, core)
        receiveBacklog.dataMoved(event, core)
        requestTimeouts.dataMoved(event, core)
        if event.io.isData {
            // Before the round trip is noted that the data may end: what is pushed is no answer.
            receiveJitter.dataMoved(event, isAsked: latencyJitter.isAsked(event.socket), core)
            latencyJitter.dataMoved(event, core)
            halfOpen.dataMoved(event)
        }
        silentStall.dataMoved(event, core)
        udpTimeout.dataMoved(event, core)
    }

    /// A socket is closed, and its leases and state are still there.
    ///
    /// - Returns: what an unconnected UDP socket exchanged with its peers.
    mutating func socketGone(_ socket: SocketSlot, at now: UInt64, _ core: Core) -> PeerState? {
        timeWait.endStuck(socket, core)
        idleKilled.socketGone(socket, at: now, core)
        closeWait.socketGone(socket, at: now, core)
        halfOpen.socketGone(socket, at: now, core)
        retransmits.socketGone(socket, isVanished: halfOpen.isHalfOpen(socket, core), core)
        // Before the drops of the socket are forgotten.
        receiveJitter.socketGone(socket, drops: udpDrop.total(of: socket), core)
        udpDrop.socketGone(socket, core)
        udpTimeout.end(socket, at: nil, core)
        let peers = datagramPeers.socketGone(socket, core)
        silentStall.socketGone(socket, at: now, core)
        blockedReader.socketGone(socket, at: now, core)
        rejectedConnections.socketGone(socket, at: now, core)
        setupTimes.socketGone(socket, core)
        nameServers.socketGone(socket, core)
        aggregatedCalls.socketGone(socket, core)
        return peers
    }

    /// This process closes the socket, by a call that is recorded.
    mutating func socketClosing(_ record: ps_socket_close, _ socket: SocketSlot, _ ordinal: UInt64, _ core: Core) {
        let mark = EventMark(record.header, ordinal: ordinal)
        connectFailures.socketClosing(socket, mark, core)
        prematureTimeout.socketClosing(record, socket, ordinal, core)
        massClose.socketClosing(record, socket, core)
        tlsHandshake.socketClosing(record, socket, ordinal, core)
        timeWait.socketClosing(record, socket, ordinal, core)
        turnover.socketClosing(record, socket, ordinal, core)
        lifetimeHerd.socketClosing(record, socket, ordinal, core)
        useAfterClose.socketClosing(record, socket, ordinal, core)
        udpTimeout.end(socket, at: mark, core)
    }

    // MARK: - Setup

    /// connect(2) has returned: the socket has its peer still that it had before.
    mutating func peerChanges(of socket: SocketSlot, _ core: Core) { udpTimeout.end(socket, at: nil, core) }

    /// connect(2) has returned.
    mutating func connectReturned(_ outcome: ConnectReturn, _ socket: SocketSlot, at now: UInt64, _ core: Core) {
        if outcome.isNew { massClose.dialled(socket, at: now, core) }
        if let end = outcome.end { connectFailures.connectEnded(end, socket, core) }
    }

    mutating func lookupReturned(_ lookup: NameLookup, name: String, hasFailed: Bool) {
        setupTimes.lookupReturned(lookup, name: name, hasFailed: hasFailed)
    }

    /// The socket's connection is made.
    mutating func connected(_ socket: SocketSlot, _ core: Core) { tlsHandshake.connected(socket, core) }

    mutating func acceptReturned(_ record: ps_socket_accept, _ ordinal: UInt64, _ core: Core) {
        descriptorExhaustion.acceptReturned(record, ordinal, core)
    }

    mutating func dnsMessage(_ record: ps_dns_message, _ ordinal: UInt64) { nameServers.dnsMessage(record, ordinal) }

    /// - Returns: the inode of the handshake's socket; 0: it is not known.
    mutating func handshakeReturned(_ record: ps_tls_handshake, _ ordinal: UInt64, _ core: Core) -> UInt64 {
        tlsHandshake.handshakeReturned(record, ordinal, core)
    }

    /// A connection has its first lease.
    mutating func firstLeased(_ socket: SocketSlot, pool: Int32, at now: UInt64, _ core: Core) {
        rejectedConnections.firstLeased(socket, pool: pool, at: now, core)
        lifetimeHerd.firstLeased(socket, pool: pool, core)
    }

    /// - Parameter connectEnd: The end of an attempt whose connect(2) had returned before.
    mutating func synSentLeft(_ socket: SocketSlot, connectEnd: ConnectEnd?, _ core: Core) {
        timeWait.endStuck(socket, core)
        if let connectEnd { connectFailures.connectEnded(connectEnd, socket, core) }
    }

    // MARK: - The end of a connection

    /// The peer ends an established connection: by FIN or RST.
    ///
    /// - Parameter silence: For how long nothing had been sent or received, in nanoseconds.
    mutating func peerEnded(_ socket: SocketSlot, silence: UInt64, _ mark: EventMark, _ core: Core) {
        guard let endpoint = core.sockets[socket].remote else { return }
        // Before the end is known to be announced: then nothing is asked any more.
        let isMetAfterIdle = idleKilled.isAskedAfterIdle(socket)
        ended(endpoint, PeerEnd(mark: mark, silence: silence, isMetAfterIdle: isMetAfterIdle), core)
    }

    /// The state of a socket changes that is closed.
    mutating func closedSocketChanged(_ record: ps_socket_state, _ ordinal: UInt64, _ core: Core) {
        if let (endpoint, end) = massClose.closedSocketChanged(record, ordinal) { ended(endpoint, end, core) }
    }

    /// Each has to know of the other: a wave is none of idle connections that were cut off, and what dies in a wave was not
    /// killed by silence.
    private mutating func ended(_ endpoint: Endpoint, _ end: PeerEnd, _ core: Core) {
        let survived = idleKilled.longestSurvived(endpoint)
        if let began = massClose.ended(endpoint, end, survived: survived, core) {
            idleKilled.endedInWave(at: endpoint, from: began, to: end.mark.timestamp, core)
        }
    }

    /// The state of a socket has changed, or a census has found it.
    ///
    /// - Parameter closeWait: When the CLOSE_WAIT began that it has left, after long.
    mutating func stateKnown(
        _ state: UInt16, of socket: SocketSlot, leftCloseWait began: EventMark?, at now: UInt64, _ core: Core
    ) {
        idleKilled.stateKnown(state, of: socket)
        if let began { closeWait.left(socket, since: began, at: now, core) }
    }

    /// - Parameter socket: `nil`: it is closed.
    mutating func connectionReset(_ record: ps_socket_reset, _ ordinal: UInt64, _ socket: SocketSlot?, _ core: Core) {
        let mark = EventMark(record.header, ordinal: ordinal)
        timeWait.connectionReset(record)
        guard record.direction == ps_reset_direction.received.rawValue else {
            return prematureTimeout.resetSent(record, mark, core)
        }
        if let socket { idleKilled.died(socket, isReset: true, isMet: false, mark, core) }
    }

    mutating func segmentResent(
        _ record: ps_socket_retransmit, _ socket: SocketSlot, _ ordinal: UInt64, _ core: Core
    ) {
        timeWait.segmentResent(record, socket, ordinal, core)
        guard record.isOfConnection else { return }
        let mark = EventMark(record.header, ordinal: ordinal)
        latencyJitter.segmentResent(socket)
        // What is not acknowledged is no silence of the peer.
        silentStall.forget(socket)
        retransmits.segmentResent(socket, mark)
        halfOpen.segmentResent(record, socket, ordinal)
        if halfOpen.isHalfOpen(socket, core) { idleKilled.died(socket, isReset: false, isMet: true, mark, core) }
    }

    /// The datagrams that follow are of this peer.
    mutating func peerNamed(
        _ record: ps_datagram_peer, _ peer: Endpoint, _ socket: SocketSlot, _ ordinal: UInt64, _ core: Core
    ) {
        if record.operation == ps_io_operation.send.rawValue { udpTimeout.sendsTo(peer, on: socket, core) }
        datagramPeers.turned(record, to: peer, on: socket, ordinal)
    }

    mutating func datagramDropped(_ record: ps_datagram_drop, _ ordinal: UInt64, _ socket: SocketSlot) {
        udpDrop.datagramDropped(record, ordinal, socket)
    }

    // MARK: - Sums and censuses

    mutating func detailChanged(_ record: ps_detail_change, _ ordinal: UInt64) {
        aggregatedCalls.detailChanged(record, ordinal)
    }

    /// What has come since the sums before; `nil`: nothing.
    mutating func growth(_ record: ps_socket_sum, _ ordinal: UInt64) -> ps_socket_sum? {
        aggregatedCalls.growth(record, ordinal)
    }

    /// Calls of the socket come in sums from here on: what needs each call cannot be known of it.
    mutating func aggregationBegan(_ socket: SocketSlot, _ core: Core) {
        udpTimeout.aggregationBegan(socket)
        silentStall.aggregationBegan(socket, core)
    }

    /// So do those of all sockets, also of those to come.
    mutating func allAggregated(_ core: Core) {
        for socket in core.sockets.all { aggregationBegan(socket, core) }
        leaseTime.allAggregated(core)
        silentStall.allAggregated(core)
    }

    /// A sum of calls: what single calls have shown so far is out of date, as their order with those in the sum is not known.
    ///
    /// - Parameter latest: When the socket was used last; `nil`: that is known already.
    mutating func callsAggregated(
        _ record: ps_socket_sum, _ growth: ps_socket_sum, _ socket: SocketSlot, latest: UInt64?, _ core: Core
    ) {
        aggregatedCalls.add(growth, of: socket, core)
        guard let latest else { return }
        halfOpen.callsAggregated(record, socket, latest: latest)
        latencyJitter.callsAggregated(socket)
        requestTimeouts.callsAggregated(socket)
        receiveBacklog.callsAggregated(socket)
        blockedReader.callsAggregated(socket)
        receiveJitter.callsAggregated(socket)
    }

    mutating func censusSaw(
        _ record: ps_census_socket, _ ordinal: UInt64, _ socket: SocketSlot, _ core: Core
    ) {
        halfOpen.censusSaw(record, socket)
        retransmits.censusSaw(record, socket, core)
        silentStall.censusSaw(record, socket)
        udpDrop.censusSaw(record, ordinal, socket, core)
    }

    mutating func censusEnded(_ record: ps_census_end, _ ordinal: UInt64) {
        descriptorExhaustion.censusEnded(record, ordinal)
    }

    // MARK: - Processes

    mutating func forked(_ record: ps_task_fork, _ ordinal: UInt64) { childProcesses.forked(record, ordinal) }

    mutating func execed(_ record: ps_task_exec, _ mark: EventMark) { childProcesses.execed(record, mark) }
}
