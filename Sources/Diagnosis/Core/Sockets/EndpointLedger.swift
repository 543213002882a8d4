// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// Sums over sockets by endpoint. Sockets are added when they close; those alive are added to a copy at the end.
struct EndpointLedger {
    static let limit = 4096
    private static let udp: UInt16 = 17
    private var entries: [EndpointKey: EndpointSummary] = [:]
    private var withoutPeer: [EndpointKey: UInt64] = [:]
    private(set) var unlisted: UInt64 = 0
    /// Receives of sockets without a peer whose address is beyond the limit.
    private(set) var unlistedWithoutPeer: UInt64 = 0

    mutating func add(_ socket: SocketState, isOpen: Bool, isAccepted: Bool) {
        guard let endpoint = isAccepted ? socket.local : socket.remote else {
            if socket.dataReceives > 0, let local = socket.local { noteWithoutPeer(socket, local) }
            return
        }
        let key = EndpointKey(endpoint: endpoint, isAccepting: isAccepted, protocolNumber: socket.protocolNumber)
        if entries[key] == nil, entries.count >= Self.limit {
            unlisted &+= 1
            return
        }
        var entry =
            entries[key]
            ?? EndpointSummary(endpoint: endpoint, isAccepting: isAccepted, protocolNumber: socket.protocolNumber)
        entry.sockets &+= 1
        if isOpen { entry.openSockets &+= 1 }
        entry.dataReceives &+= socket.dataReceives
        entry.receivedBytes &+= socket.receivedBytes
        entry.sentBytes &+= socket.sentBytes
        entry.connects &+= UInt64(socket.connects)
        entry.failedConnects &+= UInt64(socket.failedConnects)
        entry.retransmits &+= UInt64(socket.retransmits)
        if let closed = socket.closedWindows, entry.closedWindows?.add(closed) == nil { entry.closedWindows = closed }
        if socket.roundTripMicroseconds > 0 {
            let roundTrip = Duration.microseconds(Int64(socket.roundTripMicroseconds))
            entry.roundTrip = max(entry.roundTrip ?? .zero, roundTrip)
        }
        entries[key] = entry
    }

    /// A UDP socket that is not connected, at each of the peers that it spoke to first. Those of a server are too many.
    mutating func add(_ state: PeerState, isOpen: Bool) {
        guard state.isClient else { return }
        unlisted &+= state.unlisted
        for peer in state.peers where peer.sentDatagrams > 0 {
            let key = EndpointKey(endpoint: peer.peer, isAccepting: false, protocolNumber: Self.udp)
            guard entries[key] != nil || entries.count < Self.limit else {
                unlisted &+= 1
                continue
            }
            var entry =
                entries[key] ?? EndpointSummary(endpoint: peer.peer, isAccepting: false, protocolNumber: Self.udp)
            entry.sockets &+= 1
            if isOpen { entry.openSockets &+= 1 }
            entry.dataReceives &+= peer.receivedDatagrams
            entry.receivedBytes &+= peer.receivedBytes
            entry.sentBytes &+= peer.sentBytes
            entries[key] = entry
        }
    }

    /// Sockets without a peer, such as those of a UDP server, are not listed. Their receives are counted.
    private mutating func noteWithoutPeer(_ socket: SocketState, _ local: Endpoint) {
        let key = EndpointKey(endpoint: local, isAccepting: false, protocolNumber: socket.protocolNumber)
        guard withoutPeer[key] != nil || withoutPeer.count < Self.limit else {
            unlistedWithoutPeer &+= socket.dataReceives
            return
        }
        withoutPeer[key, default: 0] &+= socket.dataReceives
    }

    /// Receives of data.
    func receives(of key: EndpointKey) -> UInt64 { entries[key]?.dataReceives ?? withoutPeer[key] ?? 0 }

    /// The busiest first; equals by their text, so that the order does not depend on hashing.
    var summaries: [EndpointSummary] {
        func weight(_ entry: EndpointSummary) -> UInt64 { entry.receivedBytes &+ entry.sentBytes }
        return entries.values.map { ($0, $0.endpoint.description, $0.isAccepting ? 1 : 0) }.sorted { left, right in
            (weight(right.0), left.1, left.2, left.0.protocolNumber)
                < (weight(left.0), right.1, right.2, right.0.protocolNumber)
        }.map(\.0)
    }
}
