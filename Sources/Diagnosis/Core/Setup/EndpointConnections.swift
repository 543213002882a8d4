// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// How many established connections of this process's own each endpoint has.
struct EndpointConnections {
    static let limit = 2048

    private var counts: [Endpoint: UInt64] = [:]
    /// Connections to endpoints beyond the limit.
    private(set) var unlisted: UInt64 = 0

    mutating func opened(_ endpoint: Endpoint) {
        if counts[endpoint] == nil, counts.count >= Self.limit {
            unlisted &+= 1
            return
        }
        counts[endpoint, default: 0] &+= 1
    }

    mutating func ended(_ endpoint: Endpoint) {
        guard let count = counts[endpoint], count > 0 else { return }
        counts[endpoint] = count - 1
    }

    /// Has had a connection, and is within the limit.
    func isCounted(_ endpoint: Endpoint) -> Bool { counts[endpoint] != nil }

    func count(_ endpoint: Endpoint) -> UInt64 { counts[endpoint] ?? 0 }
}

extension Core {
    private static let tcp: UInt16 = 6
    private static let established: UInt16 = 1

    /// Connections to the socket's peer besides its own.
    func otherConnections(to endpoint: Endpoint, than socket: SocketSlot) -> UInt64 {
        let open = endpointConnections.count(endpoint)
        return open &- (sockets[socket].isCountedConnected && open > 0 ? 1 : 0)
    }

    /// Keeps the number of connections by endpoint.
    mutating func countConnected(_ socket: Int32, isOpen: Bool) {
        let isConnected =
            isOpen && sockets[socket].state == Self.established && sockets[socket].protocolNumber == Self.tcp
            && !sockets[socket].isAccepted
        guard isConnected != sockets[socket].isCountedConnected, let endpoint = sockets[socket].remote else { return }
        sockets[socket].isCountedConnected = isConnected
        if isConnected { endpointConnections.opened(endpoint) } else { endpointConnections.ended(endpoint) }
    }
}
