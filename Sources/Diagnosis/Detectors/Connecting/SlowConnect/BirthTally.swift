// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// Births of one pool's connections to one endpoint, so far.
struct BirthTally {
    private var connections: UInt64 = 0
    private var literals: UInt64 = 0
    private var failedHandshakes: UInt64 = 0
    private var lookups = LogHistogram()
    private var connects = LogHistogram()
    private var handshakes = LogHistogram()
    private var startUps = LogHistogram()
    private var totals = LogHistogram()
    private var slowLookups = SlowPart()
    private var slowHandshakes = SlowPart()
    private var slowStartUps = SlowPart()

    mutating func add(_ birth: BirthState, hasNoName: Bool, floors: ThresholdFloors) {
        connections &+= 1
        if birth.isHandshakeFailed { failedHandshakes &+= 1 }
        if hasNoName || birth.lookup?.isLiteral ?? false { literals &+= 1 }
        if let lookup = birth.lookup, !lookup.isLiteral {
            lookups.add(lookup.duration)
            slowLookups.add(lookup.duration, floor: floors.slowLookup, at: lookup.mark)
        }
        if let connecting = birth.connecting { connects.add(connecting) }
        if let shakingHands = birth.shakingHands {
            handshakes.add(shakingHands)
            slowHandshakes.add(shakingHands, floor: floors.slowHandshake, at: birth.handshake)
        }
        if let startingUp = birth.startingUp {
            startUps.add(startingUp)
            slowStartUps.add(startingUp, floor: floors.slowStartUp, at: birth.firstLease)
        }
        if let whole = birth.whole { totals.add(whole) }
    }

    func summary(endpoint: Endpoint, pool: PoolID?) -> BirthSummary {
        var summary = BirthSummary(
            endpoint: endpoint, pool: pool, connections: connections, withoutName: literals,
            failedHandshakes: failedHandshakes, lookup: lookups.statistics, connect: connects.statistics,
            handshake: handshakes.statistics, startUp: startUps.statistics, total: totals.statistics)
        summary.slowLookup = slowLookups.summary
        summary.slowHandshake = slowHandshakes.summary
        summary.slowStartUp = slowStartUps.summary
        return summary
    }
}
