// SPDX-License-Identifier: Apache-2.0

import CTraceRecords
import TraceModel

/// How long peers take to answer.
extension Correlator {
    private static let tcp: UInt16 = 6
    private static let unix: UInt16 = 1

    /// Data was sent or received.
    ///
    /// - Parameter lease: the first that is open on the socket; -1: none.
    /// - Parameter arrivalAge: how long what is received had been there at least.
    mutating func noteResponse(_ io: SocketIO, _ slot: Int32, lease: Int32, arrivalAge: UInt64) {
        if io.bytes == 0 || core.sockets[slot].isAccepted { return }
        if !io.isReceive { return core.sockets[slot].trip.send(io) }
        guard var trip = core.sockets[slot].trip.receive(io) else { return }
        // Until the answer came; that it was read later is this process's own doing.
        trip.time -= min(trip.time, arrivalAge)
        trip.isLeftUnread = arrivalAge >= core.settings.floors.latencyJitter
        var kind = ResponseLedger.Kind()
        kind.sizeClass = ResponseLedger.sizeClass(of: trip.requestBytes)
        if lease >= 0 {
            kind.pool = core.leases[lease].pool
            kind.site = core.leases[lease].site
            trip.hasWaited = core.leases[lease].wait ?? 0 >= core.settings.floors.latencyJitter
        } else if !isAskedInTurns(slot) {
            return
        }
        if core.sockets[slot].trip.series < 0 || core.sockets[slot].trip.seriesKey != kind {
            guard let remote = core.sockets[slot].remote else { return }
            core.sockets[slot].trip.series = detectors.responses.number(
                of: remote, hint: &core.sockets[slot].trip.endpointHint, kind)
            core.sockets[slot].trip.seriesKey = kind
        }
        detectors.responses.add(trip, to: core.sockets[slot].trip.series)
    }

    /// A connection of no lease on which this side asks and the other answers.
    private mutating func isAskedInTurns(_ slot: Int32) -> Bool {
        guard core.sockets[slot].protocolNumber == Self.tcp || core.sockets[slot].family == Self.unix,
            core.sockets[slot].trip.isInTurns
        else { return false }
        guard core.sockets[slot].bornAt == 0, let port = core.sockets[slot].local?.port else { return true }
        return !core.listeningPorts.contains(port)
    }

    func responseTimes() -> [ResponseTimes] {
        detectors.responses.all { kind in
            guard kind.pool >= 0 else { return (nil, nil) }
            let pool = core.pools[Int(kind.pool)]
            return (pool.id, kind.site >= 0 ? core.stack(of: pool.sites[Int(kind.site)]) : nil)
        }
    }
}
