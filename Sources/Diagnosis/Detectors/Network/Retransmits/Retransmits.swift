// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import TraceModel

/// Segments that are sent again, by endpoint.
struct Retransmits: Sendable {
    private var segments = SocketColumn(SegmentCount())
    /// Of sockets that are closed. Endpoints that have no room here have none in the list of endpoints, which counts them.
    private var sums = BoundedTable<EndpointKey, SegmentSum>(limit: EndpointLedger.limit)

    mutating func segmentResent(_ socket: SocketSlot, _ mark: EventMark) {
        if segments[socket].firstResent == nil { segments[socket].firstResent = mark }
        segments[socket].lastResent = mark
    }

    mutating func censusSaw(_ record: ps_census_socket, _ socket: SocketSlot, _ core: Core) {
        segments[socket].add(record, isBorn: core.sockets[socket].birth != nil)
    }

    /// - Parameter isVanished: A peer that has vanished acknowledges nothing: what is sent again to it tells nothing of the
    ///   network's losses.
    mutating func socketGone(_ socket: SocketSlot, isVanished: Bool, _ core: Core) {
        if !isVanished { add(socket, core) }
    }

    private mutating func add(_ socket: SocketSlot, _ core: Core) {
        let count = segments[socket]
        let isAccepted = core.isAccepted(socket)
        guard count.sent > 0, let endpoint = isAccepted ? core.sockets[socket].local : core.sockets[socket].remote
        else { return }
        let key = EndpointKey(
            endpoint: endpoint, isAccepting: isAccepted, protocolNumber: core.sockets[socket].protocolNumber)
        sums.update(key, initial: SegmentSum()) { $0.add(count) }
    }

    /// - Parameter vanished: Live sockets whose peer has vanished.
    func addResult(to endpoints: inout [EndpointSummary], vanished: Set<SocketSlot>, _ core: Core) {
        var all = self
        for socket in core.sockets.all where !vanished.contains(socket) { all.add(socket, core) }
        for index in endpoints.indices {
            let key = EndpointKey(
                endpoint: endpoints[index].endpoint, isAccepting: endpoints[index].isAccepting,
                protocolNumber: endpoints[index].protocolNumber)
            guard let sum = all.sums[key] else { continue }
            endpoints[index].dataSegments = sum.sent
            endpoints[index].resentSegments = sum.resent
            endpoints[index].firstResent = sum.first?.reference
            endpoints[index].lastResent = sum.last?.reference
        }
    }
}
