// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import TraceModel

/// How long peers take to answer.
struct LatencyJitter: Sendable {
    private static let tcp: UInt16 = 6
    private static let unix: UInt16 = 1

    private var trips = SocketColumn(TripState())
    private var ledger: ResponseLedger
    /// Of this, in ns, is what lies in the socket or waits for the pool for long.
    private let floor: UInt64

    init(_ thresholds: Thresholds, _ floors: ThresholdFloors) {
        floor = floors.latencyJitter
        ledger = ResponseLedger(ratio: thresholds[LatencyJitterRule.ratio], floor: floors.latencyJitter)
    }

    /// Data was sent or received.
    @inline(__always)
    mutating func dataMoved(_ event: IOEvent, _ core: Core) {
        if event.io.bytes == 0 || core.sockets[event.socket].isAccepted { return }
        if !event.io.isReceive { return trips[event.socket].send(event.io) }
        guard let trip = trips[event.socket].receive(event.io) else { return }
        answered(trip, event, core)
    }

    private mutating func answered(_ answered: ResponseTrip, _ event: IOEvent, _ core: Core) {
        var trip = answered
        let socket = event.socket
        // Until the answer came; that it was read later is this process's own doing.
        trip.time -= min(trip.time, event.io.arrivalAge)
        trip.isLeftUnread = event.io.arrivalAge >= floor
        var kind = ResponseLedger.Kind()
        kind.sizeClass = ResponseLedger.sizeClass(of: trip.requestBytes)
        if event.lease >= 0 {
            kind.pool = core.leases[event.lease].pool
            kind.site = core.leases[event.lease].site
            trip.hasWaited = core.leases[event.lease].wait ?? 0 >= floor
        } else if !isAskedInTurns(socket, core) {
            return
        }
        if trips[socket].series < 0 || trips[socket].seriesKey != kind {
            guard let remote = core.sockets[socket].remote else { return }
            trips[socket].series = ledger.number(of: remote, hint: &trips[socket].endpointHint, kind)
            trips[socket].seriesKey = kind
        }
        ledger.add(trip, to: trips[socket].series)
    }

    /// A connection of no lease on which this side asks and the other answers.
    private func isAskedInTurns(_ socket: SocketSlot, _ core: Core) -> Bool {
        guard core.sockets[socket].protocolNumber == Self.tcp || core.sockets[socket].family == Self.unix,
            trips[socket].isInTurns
        else { return false }
        guard core.sockets[socket].bornAt == 0, let port = core.sockets[socket].local?.port else { return true }
        return !core.listeningPorts.contains(port)
    }

    /// A request is out, and nothing of its answer has come.
    @inline(__always)
    func isAsked(_ socket: SocketSlot) -> Bool { trips[socket].asked != nil }

    mutating func segmentResent(_ socket: SocketSlot) { trips[socket].resend() }

    mutating func callsAggregated(_ socket: SocketSlot) { trips[socket].forget() }

    func result(_ core: Core) -> [ResponseTimes] {
        ledger.all { kind in
            guard kind.pool >= 0 else { return (nil, nil) }
            let pool = core.pools[Int(kind.pool)]
            return (pool.id, kind.site >= 0 ? core.stack(of: pool.sites[Int(kind.site)]) : nil)
        }
    }

    /// Kinds of requests beyond those that are told apart.
    var unlisted: UInt64 { ledger.unlisted }
}
