// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import TraceModel

/// Who listens to what, and in which order. The order matters only where a line says why.
extension Detectors {
    /// By far the most events. Nothing is allocated here once the sockets and leases are known.
    @inline(__always)
    mutating func dataMoved(_ event: IOEvent, _ core: Core) {
        blockedReader.dataMoved(event, isFirst: event.isFirstReceive, core)
        leaseTime.dataMoved(event, core)
        sequentialRoundTrips.dataMoved(event, core)
        datagramPeers.dataMoved(event, core)
        receiveBacklog.dataMoved(event, core)
        requestTimeouts.dataMoved(event, core)
        if event.io.isData { receiveJitter.dataMoved(event, core) }
        silentStall.dataMoved(event, core)
        udpTimeout.dataMoved(event, core)
    }

    /// A socket is closed, and its leases and state are still there.
    ///
    /// - Returns: what an unconnected UDP socket exchanged with its peers.
    mutating func socketGone(_ socket: SocketSlot, at now: UInt64, _ core: Core) -> PeerState? {
        // Before the drops of the socket are forgotten.
        receiveJitter.socketGone(socket, drops: udpDrop.total(of: socket), core)
        udpDrop.socketGone(socket, core)
        udpTimeout.end(socket, at: nil, core)
        let peers = datagramPeers.socketGone(socket, core)
        silentStall.socketGone(socket, at: now, core)
        blockedReader.socketGone(socket, at: now, core)
        return peers
    }

    /// Calls of the socket come in sums from here on: what needs each call cannot be known of it.
    mutating func aggregationBegan(_ socket: SocketSlot, _ core: Core) {
        udpTimeout.aggregationBegan(socket)
        silentStall.aggregationBegan(socket, core)
    }

    /// A sum of calls: what single calls have shown so far is out of date, as their order with those in the sum is not known.
    mutating func callsAggregated(_ socket: SocketSlot) {
        requestTimeouts.callsAggregated(socket)
        receiveBacklog.callsAggregated(socket)
        blockedReader.callsAggregated(socket)
        receiveJitter.callsAggregated(socket)
    }

    mutating func censusSaw(
        _ record: ps_census_socket, _ ordinal: UInt64, _ socket: SocketSlot, _ core: Core
    ) {
        silentStall.censusSaw(record, socket)
        udpDrop.censusSaw(record, ordinal, socket, core)
    }
}
