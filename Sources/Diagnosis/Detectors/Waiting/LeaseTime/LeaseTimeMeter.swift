// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// Where the time of leases goes: the parts of the wait, from the making of the connection, and of the hold, from the calls
/// on the socket.
struct LeaseTimeMeter: Sendable {
    private var leases = LeaseColumn(LeaseTimeState())
    private var pools = PoolColumn(PoolLeaseTime())

    private static let calls: Set<RecordKind> = [.socketIO]

    // MARK: - Open leases

    mutating func leaseBegan(_ lease: LeaseSlot, request: Int32?, _ core: Core) {
        leases[lease].split.begin(at: core.leases[lease].acquired.timestamp)
        if core.isAllSummed { leases[lease].split.sum() }
        guard let request else { return }
        leases[lease].dialAt = core.pending[request].dialAt
        leases[lease].lookupTime = core.pending[request].lookupTime
    }

    /// How the lease's connection came into being is forgotten when its socket closes: the parts of the wait are told now.
    mutating func leaseJoined(_ join: LeaseJoin, _ core: Core) {
        if core.sockets[join.socket].isSummed { leases[join.lease].split.sum() }
        Self.tellWait(of: join.lease, socket: join.socket.index, &leases[join.lease], core)
    }

    /// The lease's socket is known now, and what its holder did until `now` was on others.
    mutating func socketFound(_ lease: LeaseSlot, at now: UInt64) { leases[lease].split.restart(at: now) }

    /// A receive or send on a socket of leases.
    @inline(__always)
    mutating func dataMoved(_ event: IOEvent, _ core: Core) {
        var lease = event.lease
        if lease < 0 { return }
        let path = core.sockets[event.socket].path
        while lease >= 0 {
            note(event.io, lease, by: event.holder, path, core)
            lease = core.leases[lease].nextOfSocket
        }
    }

    /// A receive or send of the holder of a lease whose socket is not known: it may be on that.
    @inline(__always)
    mutating func note(_ io: SocketIO, _ lease: Int32, by holder: HolderKey?, _ path: AnswerPath, _ core: Core) {
        let isHolder = holder == nil || holder == core.leases[lease].holderKey
        leases[core.leases.slot(lease)].split.note(io, isHolder: isHolder, path)
    }

    /// Calls of the socket come in sums from here on: what its leases do with it is not known.
    mutating func aggregationBegan(_ socket: SocketSlot, _ core: Core) {
        var lease = core.sockets[socket].firstLease
        while lease >= 0 {
            leases[core.leases.slot(lease)].split.sum()
            lease = core.leases[lease].nextOfSocket
        }
    }

    /// All calls do.
    mutating func allAggregated(_ core: Core) {
        for lease in core.leases.open { leases[core.leases.slot(lease)].split.sum() }
    }

    /// Receives or sends were lost until `now`.
    mutating func callsLost(at now: UInt64, _ core: Core) {
        for lease in core.leases.open where core.leases[lease].acquired.timestamp <= now {
            leases[core.leases.slot(lease)].split.lose()
        }
    }

    // MARK: - Ended leases

    mutating func leaseEnded(_ end: LeaseEnd, _ core: Core) {
        guard let hold = end.hold else { return }
        let time = Self.time(of: end.lease, until: end.at, closing: &leases[end.lease], core)
        pools[end.pool].add(hold: hold, time)
        guard end.site >= 0 else { return }
        pools[end.pool].add(hold: hold, time, toSite: end.site)
        guard hold >= core.settings.floors.idleHold, core.leases[end.lease].isSocketKnown else { return }
        pools[end.pool].addLong(
            hold: hold, socketTime: core.leases[end.lease].socketTime(at: end.at, hold: hold),
            acquired: core.leases[end.lease].acquired, toSite: end.site)
    }

    /// Wait and hold of an open lease by part, if it ends at `end`.
    func time(of lease: LeaseSlot, until end: UInt64, _ core: Core) -> LeaseTime {
        var state = leases[lease]
        return Self.time(of: lease, until: end, closing: &state, core)
    }

    @inline(__always)
    private static func time(
        of lease: LeaseSlot, until end: UInt64, closing state: inout LeaseTimeState, _ core: Core
    ) -> LeaseTime {
        let acquired = core.leases[lease].acquired.timestamp
        state.split.close(at: end)
        var time = state.split.time
        if core.leases[lease].isContrary || !core.leases[lease].isSocketKnown {
            time.setHold(end.elapsed(since: acquired), to: core.isAllSummed ? .summed : .noSocket)
        } else if state.split.isLossy || core.foreseenLosses.meets(calls, from: acquired, to: end) {
            time.setHold(end.elapsed(since: acquired), to: .missing)
        }
        if state.waitTime == nil {
            tellWait(of: lease, socket: core.witnessedSocket(ofLease: lease.index), &state, core)
        }
        if let waitTime = state.waitTime { time += waitTime }
        return time
    }

    @inline(__always)
    private static func tellWait(
        of lease: LeaseSlot, socket: Int32?, _ state: inout LeaseTimeState, _ core: Core
    ) {
        state.waitTime = waitTime(
            of: lease, socket: socket, dialAt: state.dialAt, lookupTime: state.lookupTime, core)
    }

    /// The parts of a wait: in the pool until a connection is dialled, and the steps of that.
    @inline(__always)
    private static func waitTime(
        of lease: LeaseSlot, socket: Int32?, dialAt known: UInt64, lookupTime: UInt64, _ core: Core
    ) -> LeaseTime {
        var time = LeaseTime()
        let acquired = core.leases[lease].acquired.timestamp
        guard let wait = core.leases[lease].wait else { return time }
        let begin = acquired &- min(wait, acquired)
        let birth = socket.flatMap { core.births.state(inode: core.sockets[$0].inode) }.flatMap { birth in
            (birth.firstLeased == acquired || birth.firstLeased == 0) && birth.connected != 0 && birth.ready > begin
                ? birth : nil
        }
        var (dialAt, lookup) = (known, lookupTime)
        if dialAt == 0, let birth {
            // Another goroutine dials for this one.
            let start = birth.lookupStart ?? birth.connectStart
            dialAt = start != 0 ? start : birth.connected
            if let lookupStart = birth.lookupStart, let ended = birth.lookup?.endedAt {
                lookup = overlap(lookupStart..<max(ended, lookupStart), begin..<max(begin, acquired))
            }
        }
        if dialAt == 0 {
            time.add(wait, to: .pool)
            return time
        }
        dialAt = min(max(dialAt, begin), max(begin, acquired))
        let dialling = wait &- (dialAt &- begin)
        lookup = min(lookup, dialling)
        time.add(dialAt &- begin, to: .pool)
        time.add(lookup, to: .lookUp)
        guard let birth, birth.connected <= acquired else {
            time.add(dialling &- lookup, to: .dial)
            return time
        }
        let connected = max(birth.connected, dialAt &+ lookup)
        let rest = dialling &- lookup
        let afterwards = min(rest, acquired &- min(acquired, connected))
        let handshake = min(afterwards, birth.shakingHands ?? 0)
        time.add(rest &- afterwards, to: .connect)
        time.add(handshake, to: .handshake)
        time.add(afterwards &- handshake, to: .startUp)
        return time
    }

    private static func overlap(_ left: Range<UInt64>, _ right: Range<UInt64>) -> UInt64 {
        let common = left.clamped(to: right)
        return common.upperBound - common.lowerBound
    }

    // MARK: - Results

    /// The summary has the call sites already.
    func addResult(to summary: inout PoolSummary, pool: Int32, _ core: Core) {
        let state = pools[pool]
        summary.holds = state.holds.statistics
        summary.time = state.time
        summary.callSiteTimes = callSiteTimes(of: pool, state, core)
        for (site, time) in state.sites.enumerated() { time.addResult(to: &summary.sites[site]) }
    }

    private func callSiteTimes(of pool: Int32, _ state: PoolLeaseTime, _ core: Core) -> [CallSiteTime] {
        var order: [StackFrame?] = []
        var groups: [StackFrame?: (leases: UInt64, time: LeaseTime, holds: LogHistogram)] = [:]
        for (site, times) in zip(core.pools[Int(pool)].sites, state.sites) where site.completed > 0 {
            let frame = core.stack(of: site)?.site
            if groups[frame] == nil { order.append(frame) }
            groups[frame, default: (0, LeaseTime(), LogHistogram())].leases &+= site.completed
            groups[frame]?.time += times.time
            groups[frame]?.holds.add(times.holds)
        }
        let times = order.enumerated().compactMap { place, frame in
            groups[frame].map { group in
                let isCounted = group.holds.count == group.leases
                let time = CallSiteTime(
                    site: frame, leases: group.leases, time: group.time,
                    holds: isCounted ? group.holds.statistics : nil)
                return (place, time)
            }
        }
        return times.sorted { ($1.1.time.total, $0.0) < ($0.1.time.total, $1.0) }.map(\.1)
    }
}
