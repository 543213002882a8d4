// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// One pool, so far. Completed leases and waits live on only in what detectors sum up.
struct PoolState {
    /// Pools that have the full room. Each later one has a sixteenth of it for call sites, waits and recorded leases, so that
    /// all of them together need no more than these.
    static let fullPools = 256
    static let endpointLimit = 64
    private static let siteLimit = 1024
    private static let lateShare = 16

    var id: PoolID
    /// It stands for all pools beyond those that are told apart.
    let isOthers: Bool
    /// It has the room of one of so many.
    let share: Int
    private(set) var acquires: UInt64 = 0
    /// 0: never.
    private(set) var lastAcquiredAt: UInt64 = 0
    var endings = LeaseEndings()
    /// Without the leases that are open.
    var reuse = ConnectionReuse()

    private(set) var inUse: UInt64 = 0
    private(set) var peakInUse: UInt64 = 0
    private(set) var waiters: UInt64 = 0
    /// Of them, those that dial: each has a place of the pool.
    private var diallers: UInt64 = 0

    var audit: PoolAudit?
    var leasedBeforeTrace: UInt64?
    var releasesWithoutLease: UInt64 = 0
    var missedReleases: UInt64 = 0
    var missedAcquires: UInt64 = 0
    private(set) var missedAcquireEnds: UInt64 = 0
    var sites: [SiteState] = []
    private var siteIndex = SlotTable<SiteKey>()
    private(set) var endpoints: [PoolEndpoint] = []
    /// Leases on connections to endpoints beyond those.
    private(set) var unlistedEndpoints: UInt64 = 0

    init(id: PoolID, isLate: Bool = false, isOthers: Bool = false) {
        self.id = id
        self.isOthers = isOthers
        share = isLate ? Self.lateShare : 1
    }

    @inline(__always)
    var level: PoolLevel { PoolLevel(inUse: inUse, waiters: waiters, occupied: inUse &+ diallers) }

    /// The site's index; `nil`: the table is full.
    mutating func site(_ key: SiteKey) -> Int32? {
        if let known = siteIndex[key] { return known }
        if sites.count >= Self.siteLimit / share { return nil }
        let index = Int32(truncatingIfNeeded: sites.count)
        sites.append(SiteState(key: key))
        siteIndex[key] = index
        return index
    }

    /// A lease ended on a connection to the endpoint.
    ///
    /// - Parameter hint: The place of the endpoint, where the socket has met it before.
    mutating func note(endpoint: Endpoint, hint: inout Int32, at mark: EventMark) {
        if hint < 0 || hint >= endpoints.count || endpoints[Int(hint)].endpoint != endpoint {
            let known = endpoints.firstIndex { $0.endpoint == endpoint }
            if known == nil, endpoints.count >= Self.endpointLimit {
                unlistedEndpoints &+= 1
                return
            }
            hint = Int32(truncatingIfNeeded: known ?? endpoints.count)
            if known == nil { endpoints.append(PoolEndpoint(endpoint: endpoint, first: mark, last: mark)) }
        }
        endpoints[Int(hint)].leases &+= 1
        endpoints[Int(hint)].last = mark
    }

    mutating func countAcquire(at now: UInt64) {
        acquires &+= 1
        lastAcquiredAt = now
    }

    mutating func beginWait() { waiters &+= 1 }

    mutating func beginDial() { diallers &+= 1 }

    mutating func endWait(isDialling: Bool) {
        if waiters > 0 { waiters &-= 1 }
        if isDialling, diallers > 0 { diallers &-= 1 }
    }

    /// An acquire ended, and its end is not in the trace.
    mutating func loseWait(isDialling: Bool) {
        missedAcquireEnds &+= 1
        endWait(isDialling: isDialling)
    }

    mutating func beginLease(of site: Int32) {
        inUse &+= 1
        peakInUse = max(peakInUse, inUse)
        if site >= 0 { sites[Int(site)].openLeases &+= 1 }
    }

    mutating func endLease(of site: Int32) {
        if inUse > 0 { inUse &-= 1 }
        if site >= 0, sites[Int(site)].openLeases > 0 { sites[Int(site)].openLeases &-= 1 }
    }
}
