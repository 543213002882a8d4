// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import TraceModel

/// Peers that acknowledge what is sent to them, and answer nobody for a while.
struct SilentStall: Detector {
    private var ledger = StallLedger()
    private var requests = SocketColumn(RequestState())

    private static let tcp: UInt16 = 6
    private static let unix: UInt16 = 1
    /// EAGAIN, EINTR, and the kernel's own ERESTARTSYS: the caller will ask again.
    private static func isUnfinished(_ result: Int32) -> Bool { result == -11 || result == -4 || result == -512 }
    /// Without an acknowledgement, TCP sends the data again by then: RTO is at least 200 ms (TCP_RTO_MIN), and little more
    /// on a way that is not long.
    private static let patienceOfTCP: UInt64 = 400_000_000
    /// A census needs a moment between asking the kernel and its record's time.
    private static let censusMargin: UInt64 = 50_000_000
    /// Round trips of a size that tell what is usual for it.
    private static let usual: UInt32 = 20

    /// A receive or send of data on a connection of this process to a server: a request, or what ends it.
    mutating func dataMoved(_ event: IOEvent, _ core: Core) {
        let (io, slot, result) = (event.io, event.socket, event.result)
        if !io.isReceive {
            if io.isData { noteAsked(io, slot, core) }
        } else if requests[slot].sentAt != 0, !Self.isUnfinished(result) {
            if io.isData { noteAnswered(io, slot, core) } else { forget(slot) }
        }
    }

    private mutating func noteAsked(_ io: SocketIO, _ slot: SocketSlot, _ core: Core) {
        if requests[slot].peer == RequestState.unknown { enterPeer(of: slot, core) }
        guard requests[slot].peer >= 0 else { return }
        let peer = Int(requests[slot].peer)
        if ledger.peers[peer].isSummed { return }
        if requests[slot].sentAt == 0 {
            if ledger.peers[peer].outstanding == 0 { settleGivenUp(peer, core) }
            ledger.peers[peer].beginRequest(at: io.mark.timestamp)
        }
        requests[slot].send(io)
    }

    private mutating func enterPeer(of slot: SocketSlot, _ core: Core) {
        guard let remote = core.sockets[slot].remote else { return }
        let isStream = core.sockets[slot].protocolNumber == Self.tcp || core.sockets[slot].family == Self.unix
        guard isStream, !core.isAccepted(slot), let peer = ledger.enter(remote) else {
            requests[slot].peer = RequestState.ignored
            return
        }
        requests[slot].peer = peer
        ledger.peers[Int(peer)].sockets &+= 1
    }

    private mutating func noteAnswered(_ io: SocketIO, _ slot: SocketSlot, _ core: Core) {
        let request = requests[slot]
        let peer = Int(request.peer)
        let now = io.mark.timestamp
        let wait = now.elapsed(since: request.sentAt)
        let mayEndSilence = ledger.peers[peer].beginAnswer(
            to: request, at: now, silentFor: core.settings.floors.silentStallWait,
            least: core.settings.thresholds[SilentStallRule.connections])
        if mayEndSilence { noteSilence(peer, endedBy: slot, io.mark, isGoroutine: io.isByGoroutine, core) }
        // What was silence says nothing of what is usual.
        let isUsual = requests[slot].silence == 0
        ledger.peers[peer].endAnswer(to: request, took: wait, isUsual: isUsual, at: now)
        forget(slot)
    }

    /// An answer comes after a time without any. It ends a silence, if several waited for it.
    private mutating func noteSilence(
        _ peer: Int, endedBy slot: SocketSlot, _ mark: EventMark, isGoroutine: Bool, _ core: Core
    ) {
        let wait = mark.timestamp - min(requests[slot].sentAt, mark.timestamp)
        guard var silence = silence(of: peer, until: mark, core), isLong(silence.length, for: peer, core) else {
            if isLong(wait, for: peer, core),
                ledger.peers[peer].trips.count >= core.settings.thresholds[SilentStallRule.roundTrips]
            {
                ledger.peers[peer].unjudged.addAlone(wait)
            }
            return
        }
        guard isJudged(silence, of: peer, isGoroutine: isGoroutine, core) else { return }
        ledger.peers[peer].silenceCount &+= 1
        silence.number = ledger.peers[peer].silenceCount
        silence.ended = ledger.peers[peer].givenUp?.waiting ?? 0
        for other in core.sockets.all where isWaiting(other, for: peer, at: silence.end, core) {
            requests[other].silence = silence.number
            if other == slot { silence.ended &+= 1 }
        }
        ledger.peers[peer].silence = silence
    }

    /// All who asked have given up, and now one asks anew: the time between is nobody's wait.
    private mutating func settleGivenUp(_ peer: Int, _ core: Core) {
        guard var silence = ledger.peers[peer].givenUp else { return }
        ledger.peers[peer].givenUp = nil
        silence.start = max(ledger.peers[peer].lastAnswerAt, silence.first.timestamp)
        silence.ended = silence.waiting
        guard silence.waiting >= max(1, core.settings.thresholds[SilentStallRule.connections]),
            isLong(silence.length, for: peer, core),
            isJudged(silence, of: peer, isGoroutine: core.process?.goVersion != nil, core)
        else { return }
        ledger.peers[peer].silence = silence
        ledger.peers[peer].settle(least: core.settings.thresholds[SilentStallRule.connections])
    }

    private mutating func isLong(_ time: UInt64, for peer: Int, _ core: Core) -> Bool {
        time >= core.settings.floors.silentStallWait
            && Double(time) >= Double(ledger.peers[peer].p99()) * core.settings.thresholds[SilentStallRule.factor]
    }

    /// What is usual is known, and something shows that not this process stood still.
    private mutating func isJudged(_ silence: StallSilence, of peer: Int, isGoroutine: Bool, _ core: Core)
        -> Bool
    {
        if ledger.peers[peer].trips.count < core.settings.thresholds[SilentStallRule.roundTrips] {
            ledger.peers[peer].unjudged.early &+= 1
            return false
        }
        let quarter = silence.length / 4
        // A thread may have been busy while others were not; goroutines are woken by whichever thread is free.
        let isActive =
            isGoroutine && core.activity.hasAny(from: silence.start &+ quarter, to: silence.end &- quarter)
        if silence.isSeen || isActive { return true }
        ledger.peers[peer].unjudged.unwitnessed &+= 1
        return false
    }

    /// Who waits for the peer at `mark`, or has given up since its last answer. `nil`: too few.
    private func silence(of peer: Int, until mark: EventMark, _ core: Core) -> StallSilence? {
        let givenUp = ledger.peers[peer].givenUp
        let least = max(1, core.settings.thresholds[SilentStallRule.connections])
        guard ledger.peers[peer].outstanding &+ (givenUp?.waiting ?? 0) >= least else { return nil }
        var silence = givenUp ?? StallSilence(first: mark)
        silence.last = mark
        silence.end = mark.timestamp
        for slot in core.sockets.all where isWaiting(slot, for: peer, at: mark.timestamp, core) {
            add(slot, to: &silence, at: mark.timestamp, core)
        }
        silence.start = max(ledger.peers[peer].lastAnswerAt, silence.first.timestamp)
        return silence.waiting >= least ? silence : nil
    }

    private func add(_ slot: SocketSlot, to silence: inout StallSilence, at now: UInt64, _ core: Core) {
        let request = requests[slot]
        let isUnix = core.sockets[slot].family == Self.unix
        let isRetransmitKnown = Self.isRetransmitTraced(core) && now - request.sentAt >= Self.patienceOfTCP
        silence.isSeen = silence.isSeen || request.isSeenUnanswered
        silence.add(
            request, acknowledged: isUnix || request.isAcknowledged || isRetransmitKnown,
            isLeased: core.sockets[slot].firstLease >= 0)
    }

    /// Its request is out for long, and others of its size are answered sooner.
    private func isWaiting(_ slot: SocketSlot, for peer: Int, at now: UInt64, _ core: Core) -> Bool {
        let request = requests[slot]
        guard request.peer == Int32(truncatingIfNeeded: peer), request.sentAt != 0, now > request.sentAt else {
            return false
        }
        let wait = now - request.sentAt
        guard wait >= core.settings.floors.silentStallWait,
            let usual = ledger.peers[peer].kinds.p90(of: request.bytes, atLeast: Self.usual)
        else { return false }
        return Double(wait) >= Double(usual) * core.settings.thresholds[SilentStallRule.factor]
    }

    /// The request is not out any more, or was not answered for a reason that is no stall.
    mutating func forget(_ slot: SocketSlot) {
        let peer = Int(requests[slot].peer)
        guard peer >= 0, requests[slot].sentAt != 0 else { return }
        requests[slot].sentAt = 0
        requests[slot].silence = 0
        if ledger.peers[peer].outstanding > 0 { ledger.peers[peer].outstanding &-= 1 }
    }

    /// This side closes the socket: a request that waited for long is given up.
    mutating func socketGone(_ slot: SocketSlot, at now: UInt64, _ core: Core) {
        let peer = Int(requests[slot].peer)
        guard peer >= 0 else { return }
        if !ledger.peers[peer].isSummed, isWaiting(slot, for: peer, at: now, core) {
            let request = requests[slot]
            var mark = EventMark(ps_header(), ordinal: request.ordinal)
            mark.timestamp = request.sentAt
            mark.kind = .socketIO
            var givenUp = ledger.peers[peer].givenUp ?? StallSilence(first: mark)
            givenUp.end = now
            add(slot, to: &givenUp, at: now, core)
            ledger.peers[peer].givenUp = givenUp
        }
        forget(slot)
        if ledger.peers[peer].sockets > 0 { ledger.peers[peer].sockets &-= 1 }
    }

    /// A census finds the request acknowledged; or the answer, which this process has not read yet.
    mutating func censusSaw(_ record: ps_census_socket, _ slot: SocketSlot) {
        let sentAt = requests[slot].sentAt
        let now = record.header.timestamp_ns
        guard sentAt != 0, now >= sentAt, now - sentAt >= Self.censusMargin else { return }
        if record.receive_queue_bytes > 0 {
            ledger.peers[Int(requests[slot].peer)].lastAnswerAt = now
            forget(slot)
        } else {
            requests[slot].isSeenUnanswered = true
            if record.send_queue_bytes == 0 { requests[slot].isAcknowledged = true }
        }
    }

    private static func isRetransmitTraced(_ core: Core) -> Bool {
        core.plan.map { $0.kernelProbes.contains { $0.delivers(.socketRetransmit) } }
            ?? false
    }

    /// With the silences that last still.
    func items(_ core: Core) -> [SilentStalls] {
        var copy = self
        var stalls: [SilentStalls] = []
        for peer in ledger.peers.indices {
            if let now = copy.stallsNow(of: peer, core) { stalls.append(now) }
        }
        return
            stalls
            .map { ($0, $0.endpoint.description) }.sorted { $0.1 < $1.1 }.map(\.0)
    }

    private mutating func stallsNow(of peer: Int, _ core: Core) -> SilentStalls? {
        ledger.peers[peer].settle(least: core.settings.thresholds[SilentStallRule.connections])
        var mark = EventMark(ps_header(), ordinal: 0)
        mark.timestamp = core.now
        mark.kind = .socketIO
        var isGoingOn = false
        let isAsked = ledger.peers[peer].outstanding > 0
        if !isAsked || !isAnyWaiting(for: peer, core) {
            settleGivenUp(peer, core)
        } else if var silence = silence(of: peer, until: mark, core), isLong(silence.length, for: peer, core),
            isJudged(silence, of: peer, isGoroutine: core.process?.goVersion != nil, core)
        {
            silence.last = silence.first
            ledger.peers[peer].silences.append(silence)
            isGoingOn = true
        }
        let state = ledger.peers[peer]
        guard state.trips.count > 0 || !state.silences.isEmpty else { return nil }
        return summary(of: state, isGoingOn: isGoingOn, core)
    }

    private func summary(of peer: StallPeer, isGoingOn: Bool, _ core: Core) -> SilentStalls {
        var stalls = SilentStalls(endpoint: peer.endpoint, roundTrips: peer.trips.statistics)
        stalls.doubts = peer.unjudged
        stalls.isSummed = peer.isSummed
        stalls.observed = .nanoseconds(clamping: core.now - min(peer.firstAskedAt, core.now))
        let usual = Double(stalls.roundTrips.p99.clampedNanoseconds) * core.settings.thresholds[SilentStallRule.factor]
        for (number, silence) in peer.silences.enumerated() where Double(silence.length) >= usual {
            let length = Duration.nanoseconds(clamping: silence.length)
            stalls.stalls &+= 1
            stalls.total += length
            stalls.longest = max(stalls.longest, length)
            stalls.connections = max(stalls.connections, silence.waiting)
            stalls.requests &+= silence.waiting
            stalls.acknowledged &+= silence.acknowledged
            stalls.leased &+= silence.leased
            stalls.hasOtherSizes = stalls.hasOtherSizes || silence.hasOtherSizes
            stalls.first = stalls.first ?? silence.first.reference
            stalls.last = silence.last.reference
            stalls.isGoingOn = isGoingOn && number == peer.silences.count - 1
        }
        return stalls
    }

    private func isAnyWaiting(for peer: Int, _ core: Core) -> Bool {
        for slot in core.sockets.all where isWaiting(slot, for: peer, at: core.now, core) { return true }
        return false
    }

    /// Peers beyond those that are told apart.
    var unlisted: UInt64 { ledger.unlisted }

    /// Calls of the socket come in sums from here on: a request of which the answer would be in a sum is not out.
    mutating func aggregationBegan(_ slot: SocketSlot, _ core: Core) {
        forget(slot)
        if requests[slot].peer == RequestState.unknown { enterPeer(of: slot, core) }
        guard requests[slot].peer >= 0 else { return }
        ledger.sum(Int(requests[slot].peer), at: core.now, least: core.settings.thresholds[SilentStallRule.connections])
    }

    /// So do those of all sockets, also of those to come.
    mutating func allAggregated(_ core: Core) {
        ledger.sumAll(at: core.now, least: core.settings.thresholds[SilentStallRule.connections])
    }
}
