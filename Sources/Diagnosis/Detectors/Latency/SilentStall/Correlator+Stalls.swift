// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import TraceModel

/// Peers that acknowledge what is sent to them, and answer nobody for a while.
extension Correlator {
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
    mutating func noteRequest(_ io: SocketIO, _ result: Int32, _ slot: Int32) {
        if !io.isReceive {
            if io.isData { noteAsked(io, slot) }
        } else if core.sockets[slot].request.sentAt != 0, !Self.isUnfinished(result) {
            if io.isData { noteAnswered(io, slot) } else { forgetRequest(of: slot) }
        }
    }

    private mutating func noteAsked(_ io: SocketIO, _ slot: Int32) {
        if core.sockets[slot].request.peer == RequestState.unknown { enterPeer(of: slot) }
        guard core.sockets[slot].request.peer >= 0 else { return }
        let peer = Int(core.sockets[slot].request.peer)
        if detectors.stalls.peers[peer].isSummed { return }
        if core.sockets[slot].request.sentAt == 0 {
            if detectors.stalls.peers[peer].outstanding == 0 { settleGivenUp(peer) }
            detectors.stalls.peers[peer].beginRequest(at: io.mark.timestamp)
        }
        core.sockets[slot].request.send(io)
    }

    mutating func enterPeer(of slot: Int32) {
        guard let remote = core.sockets[slot].remote else { return }
        let isStream = core.sockets[slot].protocolNumber == Self.tcp || core.sockets[slot].family == Self.unix
        guard isStream, !isAccepted(core.sockets[slot]), let peer = detectors.stalls.enter(remote) else {
            core.sockets[slot].request.peer = RequestState.ignored
            return
        }
        core.sockets[slot].request.peer = peer
        detectors.stalls.peers[Int(peer)].sockets &+= 1
    }

    private mutating func noteAnswered(_ io: SocketIO, _ slot: Int32) {
        let request = core.sockets[slot].request
        let peer = Int(request.peer)
        let now = io.mark.timestamp
        let wait = elapsed(from: request.sentAt, to: now)
        let mayEndSilence = detectors.stalls.peers[peer].beginAnswer(
            to: request, at: now, silentFor: core.floors.silentStallWait, least: core.thresholds.silentStallConnections)
        if mayEndSilence { noteSilence(peer, endedBy: slot, io.mark, isGoroutine: io.isByGoroutine) }
        // What was silence says nothing of what is usual.
        let isUsual = core.sockets[slot].request.silence == 0
        detectors.stalls.peers[peer].endAnswer(to: request, took: wait, isUsual: isUsual, at: now)
        forgetRequest(of: slot)
    }

    /// An answer comes after a time without any. It ends a silence, if several waited for it.
    private mutating func noteSilence(_ peer: Int, endedBy slot: Int32, _ mark: EventMark, isGoroutine: Bool) {
        let wait = mark.timestamp - min(core.sockets[slot].request.sentAt, mark.timestamp)
        guard var silence = silence(of: peer, until: mark), isLong(silence.length, for: peer) else {
            if isLong(wait, for: peer), detectors.stalls.peers[peer].trips.count >= core.thresholds.silentStallRoundTrips {
                detectors.stalls.peers[peer].unjudged.addAlone(wait)
            }
            return
        }
        guard isJudged(silence, of: peer, isGoroutine: isGoroutine) else { return }
        detectors.stalls.peers[peer].silenceCount &+= 1
        silence.number = detectors.stalls.peers[peer].silenceCount
        silence.ended = detectors.stalls.peers[peer].givenUp?.waiting ?? 0
        for other in core.sockets.live where isWaiting(other, for: peer, at: silence.end) {
            core.sockets[other].request.silence = silence.number
            if other == slot { silence.ended &+= 1 }
        }
        detectors.stalls.peers[peer].silence = silence
    }

    /// All who asked have given up, and now one asks anew: the time between is nobody's wait.
    private mutating func settleGivenUp(_ peer: Int) {
        guard var silence = detectors.stalls.peers[peer].givenUp else { return }
        detectors.stalls.peers[peer].givenUp = nil
        silence.start = max(detectors.stalls.peers[peer].lastAnswerAt, silence.first.timestamp)
        silence.ended = silence.waiting
        guard silence.waiting >= max(1, core.thresholds.silentStallConnections), isLong(silence.length, for: peer),
            isJudged(silence, of: peer, isGoroutine: core.process?.goVersion != nil)
        else { return }
        detectors.stalls.peers[peer].silence = silence
        detectors.stalls.peers[peer].settle(least: core.thresholds.silentStallConnections)
    }

    private mutating func isLong(_ time: UInt64, for peer: Int) -> Bool {
        time >= core.floors.silentStallWait
            && Double(time) >= Double(detectors.stalls.peers[peer].p99()) * core.thresholds.silentStallFactor
    }

    /// What is usual is known, and something shows that not this process stood still.
    private mutating func isJudged(_ silence: StallSilence, of peer: Int, isGoroutine: Bool) -> Bool {
        if detectors.stalls.peers[peer].trips.count < core.thresholds.silentStallRoundTrips {
            detectors.stalls.peers[peer].unjudged.early &+= 1
            return false
        }
        let quarter = silence.length / 4
        // A thread may have been busy while others were not; goroutines are woken by whichever thread is free.
        let isActive =
            isGoroutine && core.activity.hasAny(from: silence.start &+ quarter, to: silence.end &- quarter)
        if silence.isSeen || isActive { return true }
        detectors.stalls.peers[peer].unjudged.unwitnessed &+= 1
        return false
    }

    /// Who waits for the peer at `mark`, or has given up since its last answer. `nil`: too few.
    private func silence(of peer: Int, until mark: EventMark) -> StallSilence? {
        let givenUp = detectors.stalls.peers[peer].givenUp
        let least = max(1, core.thresholds.silentStallConnections)
        guard detectors.stalls.peers[peer].outstanding &+ (givenUp?.waiting ?? 0) >= least else { return nil }
        var silence = givenUp ?? StallSilence(first: mark)
        silence.last = mark
        silence.end = mark.timestamp
        for slot in core.sockets.live where isWaiting(slot, for: peer, at: mark.timestamp) {
            add(slot, to: &silence, at: mark.timestamp)
        }
        silence.start = max(detectors.stalls.peers[peer].lastAnswerAt, silence.first.timestamp)
        return silence.waiting >= least ? silence : nil
    }

    private func add(_ slot: Int32, to silence: inout StallSilence, at now: UInt64) {
        let request = core.sockets[slot].request
        let isUnix = core.sockets[slot].family == Self.unix
        let isRetransmitKnown = isRetransmitTraced && now - request.sentAt >= Self.patienceOfTCP
        silence.isSeen = silence.isSeen || request.isSeenUnanswered
        silence.add(
            request, acknowledged: isUnix || request.isAcknowledged || isRetransmitKnown,
            isLeased: core.sockets[slot].firstLease >= 0)
    }

    /// Its request is out for long, and others of its size are answered sooner.
    private func isWaiting(_ slot: Int32, for peer: Int, at now: UInt64) -> Bool {
        let request = core.sockets[slot].request
        guard request.peer == Int32(truncatingIfNeeded: peer), request.sentAt != 0, now > request.sentAt else {
            return false
        }
        let wait = now - request.sentAt
        guard wait >= core.floors.silentStallWait,
            let usual = detectors.stalls.peers[peer].kinds.p90(of: request.bytes, atLeast: Self.usual)
        else { return false }
        return Double(wait) >= Double(usual) * core.thresholds.silentStallFactor
    }

    /// The request is not out any more, or was not answered for a reason that is no stall.
    mutating func forgetRequest(of slot: Int32) {
        let peer = Int(core.sockets[slot].request.peer)
        guard peer >= 0, core.sockets[slot].request.sentAt != 0 else { return }
        core.sockets[slot].request.sentAt = 0
        core.sockets[slot].request.silence = 0
        if detectors.stalls.peers[peer].outstanding > 0 { detectors.stalls.peers[peer].outstanding &-= 1 }
    }

    /// This side closes the socket: a request that waited for long is given up.
    mutating func endRequest(of slot: Int32, at now: UInt64) {
        let peer = Int(core.sockets[slot].request.peer)
        guard peer >= 0 else { return }
        if !detectors.stalls.peers[peer].isSummed, isWaiting(slot, for: peer, at: now) {
            let request = core.sockets[slot].request
            var mark = EventMark(ps_header(), ordinal: request.ordinal)
            mark.timestamp = request.sentAt
            mark.kind = .socketIO
            var givenUp = detectors.stalls.peers[peer].givenUp ?? StallSilence(first: mark)
            givenUp.end = now
            add(slot, to: &givenUp, at: now)
            detectors.stalls.peers[peer].givenUp = givenUp
        }
        forgetRequest(of: slot)
        if detectors.stalls.peers[peer].sockets > 0 { detectors.stalls.peers[peer].sockets &-= 1 }
    }

    /// A census finds the request acknowledged; or the answer, which this process has not read yet.
    mutating func noteRequest(_ record: ps_census_socket, _ slot: Int32) {
        let sentAt = core.sockets[slot].request.sentAt
        let now = record.header.timestamp_ns
        guard sentAt != 0, now >= sentAt, now - sentAt >= Self.censusMargin else { return }
        if record.receive_queue_bytes > 0 {
            detectors.stalls.peers[Int(core.sockets[slot].request.peer)].lastAnswerAt = now
            forgetRequest(of: slot)
        } else {
            core.sockets[slot].request.isSeenUnanswered = true
            if record.send_queue_bytes == 0 { core.sockets[slot].request.isAcknowledged = true }
        }
    }

    private var isRetransmitTraced: Bool {
        core.plan.map { $0.kernelProbes.contains { $0.delivers(.socketRetransmit) } }
            ?? false
    }

    /// With the silences that last still.
    func silentStalls() -> [SilentStalls] {
        var copy = self.copy()
        return detectors.stalls.peers.indices.compactMap { copy.stallsNow(of: $0) }
            .map { ($0, $0.endpoint.description) }.sorted { $0.1 < $1.1 }.map(\.0)
    }

    private mutating func stallsNow(of peer: Int) -> SilentStalls? {
        detectors.stalls.peers[peer].settle(least: core.thresholds.silentStallConnections)
        var mark = EventMark(ps_header(), ordinal: 0)
        mark.timestamp = core.now
        mark.kind = .socketIO
        var isGoingOn = false
        let isAsked = detectors.stalls.peers[peer].outstanding > 0
        if !isAsked || !core.sockets.live.contains(where: { isWaiting($0, for: peer, at: core.now) }) {
            settleGivenUp(peer)
        } else if var silence = silence(of: peer, until: mark), isLong(silence.length, for: peer),
            isJudged(silence, of: peer, isGoroutine: core.process?.goVersion != nil)
        {
            silence.last = silence.first
            detectors.stalls.peers[peer].silences.append(silence)
            isGoingOn = true
        }
        let state = detectors.stalls.peers[peer]
        guard state.trips.count > 0 || !state.silences.isEmpty else { return nil }
        return summary(of: state, isGoingOn: isGoingOn)
    }

    private func summary(of peer: StallPeer, isGoingOn: Bool) -> SilentStalls {
        var stalls = SilentStalls(endpoint: peer.endpoint, roundTrips: peer.trips.statistics)
        stalls.doubts = peer.unjudged
        stalls.isSummed = peer.isSummed
        stalls.observed = .nanoseconds(clamping: core.now - min(peer.firstAskedAt, core.now))
        let usual = Double(stalls.roundTrips.p99.clampedNanoseconds) * core.thresholds.silentStallFactor
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
}
