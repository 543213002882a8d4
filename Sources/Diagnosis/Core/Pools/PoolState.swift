// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// One pool, so far. Completed leases and waits live on only in its aggregates.
struct PoolState {
    /// Pools that have the full room. Each later one has a sixteenth of it for call sites, waits and recorded leases, so that
    /// all of them together need no more than these.
    static let fullPools = 256
    private static let siteLimit = 1024
    /// Call sites of which the holds are counted in a histogram each, of 8 KiB at the most.
    private static let histogramLimit = 64
    /// Of `levels` and of `waitLevels`.
    static let levelLimit = 4096
    static let endpointLimit = 64
    static let recordedLimit = 32_768
    private static let lateShare = 16

    var id: PoolID
    /// It stands for all pools beyond those that are told apart.
    let isOthers: Bool
    private let share: Int
    var acquires: UInt64 = 0
    /// 0: never.
    var lastAcquiredAt: UInt64 = 0
    var endings = LeaseEndings()
    /// Without the leases that are open.
    var reuse = ConnectionReuse()
    var acquireMeter = RateMeter()
    var waitMeter = RateMeter()
    var holds = LogHistogram()
    private(set) var time = LeaseTime()
    var waits = LogHistogram()
    var dials = LogHistogram()
    var waitLog: WaitLog
    var countedWaits: UInt64 = 0
    var firstWait: EventMark?
    var lastWait: EventMark?
    var longestWait: (length: UInt64, event: EventMark)?

    private(set) var inUse: UInt64 = 0
    private(set) var peakInUse: UInt64 = 0
    private(set) var waiters: UInt64 = 0
    /// Of them, those that dial: each has a place of the pool.
    private var diallers: UInt64 = 0
    private(set) var occupancy = OccupancyPeaks()
    /// By the most connections that others had during a wait.
    var waitLevels: [WaitLevel] = []
    /// Time so far in which someone waited.
    private(set) var contendedTime: UInt64 = 0
    /// By the number of open leases.
    private(set) var levels: [ContentionLevel?] = []
    private var advancedTo: UInt64 = 0
    private var latestBegin: EventMark?

    var audit: PoolAudit?
    var books = PoolBooks()
    var leasedBeforeTrace: UInt64?
    var releasesWithoutLease: UInt64 = 0
    var missedReleases: UInt64 = 0
    var missedAcquires: UInt64 = 0
    var missedAcquireEnds: UInt64 = 0
    var sites: [SiteState] = []
    private var siteIndex = SlotTable<SiteKey>()
    private(set) var endpoints: [PoolEndpoint] = []
    /// Leases on connections to endpoints beyond those.
    private(set) var unlistedEndpoints: UInt64 = 0
    var blame = BlameLedger()
    /// The first completed leases, in the order in which they ended.
    private(set) var recordedLeases: [RecordedLease] = []
    private(set) var unrecordedLeases: UInt64 = 0

    init(id: PoolID, waitFloor: UInt64, isLate: Bool = false, isOthers: Bool = false) {
        self.id = id
        self.isOthers = isOthers
        share = isLate ? Self.lateShare : 1
        waitLog = WaitLog(floor: waitFloor, capacity: WaitLog.capacity / share)
    }

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

    private mutating func record(_ lease: CompletedLease) {
        guard let wait = lease.wait else { return }
        if recordedLeases.count >= Self.recordedLimit / share {
            unrecordedLeases &+= 1
            return
        }
        recordedLeases.append(
            RecordedLease(
                asked: MonotonicInstant(nanoseconds: lease.acquired.timestamp &- min(wait, lease.acquired.timestamp)),
                hold: .nanoseconds(clamping: lease.hold)))
    }

    mutating func countAcquire(at now: UInt64) {
        acquires &+= 1
        lastAcquiredAt = now
        acquireMeter.mark(now)
    }

    mutating func beginWait(at mark: EventMark) {
        advance(to: mark.timestamp)
        waiters &+= 1
        latestBegin = mark
        books.change(inUse: inUse, waiters: waiters, at: mark.timestamp)
        books.noteBegin()
    }

    mutating func beginDial() {
        diallers &+= 1
        occupancy.change(to: inUse &+ diallers)
    }

    /// Books a wait of at least `pool-wait.counted`.
    static func add(
        _ request: PendingAcquire, length: UInt64, isFirstUse: Bool, slowFrom: UInt64, toLevel level: Int,
        of levels: inout [WaitLevel]
    ) {
        let level = min(level, levelLimit)
        if level >= levels.count {
            levels.append(contentsOf: repeatElement(WaitLevel(), count: level + 1 - levels.count))
        }
        levels[level].add(request, length: length, isFirstUse: isFirstUse, slowFrom: slowFrom)
    }

    mutating func endWait(at now: UInt64, isDialling: Bool) {
        advance(to: now)
        if waiters > 0 { waiters &-= 1 }
        if isDialling, diallers > 0 {
            diallers &-= 1
            occupancy.change(to: inUse &+ diallers)
        }
        books.change(inUse: inUse, waiters: waiters, at: now)
    }

    /// Returns the contended time so far.
    mutating func beginLease(of site: Int32, at now: UInt64) -> UInt64 {
        advance(to: now)
        inUse &+= 1
        peakInUse = max(peakInUse, inUse)
        occupancy.change(to: inUse &+ diallers)
        books.change(inUse: inUse, waiters: waiters, at: now)
        blame.beginLease(of: site, at: now)
        if site >= 0 { sites[Int(site)].openLeases &+= 1 }
        return contendedTime
    }

    mutating func endLease(of site: Int32, at now: UInt64) {
        advance(to: now)
        if inUse > 0 { inUse &-= 1 }
        occupancy.change(to: inUse &+ diallers)
        books.change(inUse: inUse, waiters: waiters, at: now)
        blame.endLease(of: site, at: now)
        if site >= 0, sites[Int(site)].openLeases > 0 { sites[Int(site)].openLeases &-= 1 }
    }

    mutating func add(_ lease: CompletedLease) {
        holds.add(lease.hold)
        time += lease.time
        record(lease)
        guard lease.site >= 0 else { return }
        sites[Int(lease.site)].add(lease, othersWaited: contendedTime &- lease.contendedAtStart)
        if lease.site < Self.histogramLimit { sites[Int(lease.site)].holds.add(lease.hold) }
    }

    /// Books the time since the last change to the number of leases that were open meanwhile.
    mutating func advance(to now: UInt64) {
        guard now > advancedTo else { return }
        defer { advancedTo = now }
        guard waiters > 0, advancedTo > 0 else { return }
        let time = now - advancedTo
        contendedTime &+= time
        guard let latestBegin else { return }
        let level = min(Int(clamping: inUse), Self.levelLimit)
        if level >= levels.count { levels.append(contentsOf: repeatElement(nil, count: level + 1 - levels.count)) }
        if levels[level] == nil {
            levels[level] = ContentionLevel(first: advancedTo, last: now, peakQueue: 0, event: latestBegin)
        }
        levels[level]?.add(time, until: now, waiters: waiters)
    }
}
