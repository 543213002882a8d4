// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// One pool, so far. Completed leases and waits live on only in its aggregates.
struct PoolState {
    private static let siteLimit = 1024
    private static let levelLimit: UInt64 = 4096
    private static let endpointLimit = 64
    private static let errorTypeLimit = 32
    private static let recordedLimit = 32_768

    let id: PoolID
    var acquires: UInt64 = 0
    private(set) var failures: [UInt64: FailureState] = [:]
    var endings = LeaseEndings()
    /// Without the leases that are open.
    var reuse = ConnectionReuse()
    var acquireMeter = RateMeter()
    var waitMeter = RateMeter()
    var holds = LogHistogram()
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
    /// Time so far in which someone waited.
    private(set) var contendedTime: UInt64 = 0
    private(set) var levels: [UInt64: ContentionLevel] = [:]
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
    private var siteIndex: [SiteKey: Int32] = [:]
    private(set) var endpointLeases: [Endpoint: UInt64] = [:]
    /// When the first and the last lease of an endpoint ended.
    private(set) var endpointSpans: [Endpoint: (first: UInt64, last: UInt64)] = [:]
    var turnover = TurnoverState()
    var blame = BlameLedger()
    /// The first completed leases, in the order in which they ended.
    private(set) var recordedLeases: [RecordedLease] = []

    init(id: PoolID, waitFloor: UInt64) {
        self.id = id
        waitLog = WaitLog(floor: waitFloor)
    }

    /// The site's index; `nil`: the table is full.
    mutating func site(_ key: SiteKey) -> Int32? {
        if let known = siteIndex[key] { return known }
        if sites.count >= Self.siteLimit { return nil }
        let index = Int32(truncatingIfNeeded: sites.count)
        sites.append(SiteState(key: key))
        siteIndex[key] = index
        return index
    }

    mutating func note(endpoint: Endpoint, at now: UInt64) {
        if endpointLeases[endpoint] != nil || endpointLeases.count < Self.endpointLimit {
            endpointLeases[endpoint, default: 0] &+= 1
            endpointSpans[endpoint, default: (now, now)].last = now
        }
    }

    /// - Parameter wait: `nil`: the request was before the trace.
    mutating func noteFailure(_ errorType: UInt64, wait: UInt64?, isDialled: Bool) {
        // No pool returns so many types of errors; those beyond are one type without a name.
        let isRoom = failures[errorType] != nil || failures.count < Self.errorTypeLimit
        var failure = failures[isRoom ? errorType : 0] ?? FailureState()
        if let wait { failure.waits.add(wait) } else { failure.withoutBegin &+= 1 }
        if isDialled { failure.dialled &+= 1 }
        failures[isRoom ? errorType : 0] = failure
    }

    /// A lease's connection.
    mutating func note(_ use: ConnectionUse) { reuse.add(use) }

    mutating func record(_ lease: LeaseState, hold: UInt64) {
        guard let wait = lease.wait, recordedLeases.count < Self.recordedLimit else { return }
        recordedLeases.append(
            RecordedLease(
                asked: MonotonicInstant(nanoseconds: lease.acquired.timestamp &- min(wait, lease.acquired.timestamp)),
                hold: .nanoseconds(clamping: hold)))
    }

    mutating func beginWait(at mark: EventMark) {
        advance(to: mark.timestamp)
        waiters &+= 1
        latestBegin = mark
        books.change(inUse: inUse, waiters: waiters, at: mark.timestamp)
        books.noteBegin()
    }

    mutating func endWait(at now: UInt64) {
        advance(to: now)
        if waiters > 0 { waiters &-= 1 }
        books.change(inUse: inUse, waiters: waiters, at: now)
    }

    mutating func beginLease(at now: UInt64) {
        advance(to: now)
        inUse &+= 1
        peakInUse = max(peakInUse, inUse)
        books.change(inUse: inUse, waiters: waiters, at: now)
    }

    mutating func endLease(at now: UInt64) {
        advance(to: now)
        if inUse > 0 { inUse &-= 1 }
        books.change(inUse: inUse, waiters: waiters, at: now)
    }

    /// Books the time since the last change to the number of leases that were open meanwhile.
    mutating func advance(to now: UInt64) {
        guard now > advancedTo else { return }
        defer { advancedTo = now }
        guard waiters > 0, advancedTo > 0 else { return }
        let time = now - advancedTo
        contendedTime &+= time
        let level = min(inUse, Self.levelLimit)
        guard let latestBegin else { return }
        var entry =
            levels[level] ?? ContentionLevel(first: advancedTo, last: now, peakQueue: 0, event: latestBegin)
        entry.time &+= time
        entry.last = now
        entry.peakQueue = max(entry.peakQueue, waiters)
        levels[level] = entry
    }
}
