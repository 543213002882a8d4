// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import TraceModel

/// Where the time of a lease goes: the parts of its wait, from the making of its connection, and of its hold, from the
/// calls on its socket.
extension Correlator {
    private static let calls: Set<RecordKind> = [.socketIO]

    /// Wait and hold by part, if the lease ends at `end`. Inlined, as its parts: a call would copy the correlator.
    @inline(__always)
    func time(ofLease slot: Int32, until end: UInt64) -> LeaseTime {
        let acquired = core.leases[slot].acquired.timestamp
        let hold = end > acquired ? end - acquired : 0
        var time = core.leases[slot].split.closed(at: end)
        let isLost = core.leases[slot].split.isLossy || core.foreseenLosses.meets(Self.calls, from: acquired, to: end)
        if core.leases[slot].isContrary || !core.leases[slot].isSocketKnown {
            time.setHold(hold, to: core.isAllSummed ? .summed : .noSocket)
        } else if isLost {
            time.setHold(hold, to: .missing)
        }
        time += core.leases[slot].waitTime ?? waitTime(ofLease: slot, socket: witness(ofLease: slot))
        return time
    }

    @inline(__always)
    private func witness(ofLease slot: Int32) -> Int32? {
        guard core.leases[slot].witnessInode != 0, !core.leases[slot].isWitnessAmbiguous else { return nil }
        return core.sockets.slot(inode: core.leases[slot].witnessInode)
    }

    /// The lease's socket is known; how it came into being is forgotten when it closes.
    mutating func tellWait(of lease: Int32, socket: Int32) {
        core.leases[lease].waitTime = waitTime(ofLease: lease, socket: socket)
    }

    /// The parts of a wait: in the pool until a connection is dialled, and the steps of that.
    @inline(__always)
    private func waitTime(ofLease slot: Int32, socket: Int32?) -> LeaseTime {
        var time = LeaseTime()
        let acquired = core.leases[slot].acquired.timestamp
        guard let wait = core.leases[slot].wait else { return time }
        let begin = acquired &- min(wait, acquired)
        let birth = socket.flatMap { core.births.state(inode: core.sockets[$0].inode) }.flatMap { birth in
            (birth.firstLeased == acquired || birth.firstLeased == 0) && birth.connected != 0 && birth.ready > begin
                ? birth : nil
        }
        var dialAt = core.leases[slot].dialAt
        var lookup = core.leases[slot].lookupTime
        if dialAt == 0, let birth {
            // Another goroutine dials for this one.
            let start = birth.lookupStart ?? birth.connectStart
            dialAt = start != 0 ? start : birth.connected
            if let lookupStart = birth.lookupStart, let ended = birth.lookup?.endedAt {
                lookup = Self.overlap(lookupStart..<max(ended, lookupStart), begin..<max(begin, acquired))
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

    func callSiteTimes(of pool: PoolState) -> [CallSiteTime] {
        var order: [StackFrame?] = []
        var groups: [StackFrame?: (leases: UInt64, time: LeaseTime, holds: LogHistogram)] = [:]
        for site in pool.sites where site.completed > 0 {
            let frame = core.stack(of: site)?.site
            if groups[frame] == nil { order.append(frame) }
            groups[frame, default: (0, LeaseTime(), LogHistogram())].leases &+= site.completed
            groups[frame]?.time += site.time
            groups[frame]?.holds.add(site.holds)
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

    /// Calls of the socket come in sums: what its leases do with it is not known from here on.
    mutating func sumLeases(of socket: Int32) {
        if core.sockets[socket].isSummed { return }
        core.sockets[socket].isSummed = true
        var lease = core.sockets[socket].firstLease
        while lease >= 0 {
            core.leases[lease].split.sum()
            lease = core.leases[lease].nextOfSocket
        }
    }

    /// Records lost so far, by the loss records of the trace.
    public var lostCount: UInt64 { core.losses.total }

    mutating func take(_ record: ps_loss) {
        core.losses.add(record)
        guard record.count > 0, record.reason != ps_loss_reason.stack_missing.rawValue,
            record.lost_kind == 0 || record.lost_kind == RecordKind.socketIO.rawValue
        else { return }
        for lease in core.leases.open
        where core.leases[lease].acquired.timestamp <= record.header.timestamp_ns { core.leases[lease].split.lose() }
    }
}
