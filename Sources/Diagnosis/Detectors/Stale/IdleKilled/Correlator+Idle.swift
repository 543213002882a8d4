// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import TraceModel

/// What the first request after an idle time meets.
extension Correlator {
    static let survivalLimit = 1024
    private static let closeWait: UInt16 = 8

    /// Before the I/O is booked: a send after a long silence is a question, what is received next its answer.
    mutating func noteIdle(_ io: SocketIO, _ result: Int32, _ socket: Int32) {
        if core.sockets[socket].isAccepted { return }
        let isBroken = Self.isBroken(result)
        let spokenAt = core.sockets[socket].end.spokenAt
        if !io.isReceive, spokenAt != 0, io.start > spokenAt, !core.sockets[socket].end.isAnnounced {
            let idle = io.start - spokenAt
            if idle >= core.settings.floors.idleKilledIdle, io.isData || isBroken {
                core.sockets[socket].idleBefore = idle
            }
        }
        if io.isData {
            if io.isReceive {
                if core.sockets[socket].idleBefore > 0 { survivedIdle(socket) }
                let isAsked = core.sockets[socket].unanswered.lastAt != 0
                if !isAsked, io.start &- min(io.start, spokenAt) >= core.settings.floors.idleKilledIdle {
                    core.sockets[socket].end.spokenBefore = spokenAt
                }
                noteFarewell(io, socket, isAsked: isAsked)
                core.sockets[socket].end.heardAt = io.mark.timestamp
                core.sockets[socket].end.isBooked = false
                core.sockets[socket].end.unmet = nil
            } else {
                core.sockets[socket].end.spokenBefore = 0
            }
            core.sockets[socket].end.spokenAt = io.mark.timestamp
        } else if isBroken {
            // A receive meets the end of a request; a send may be a farewell.
            noteEnd(of: socket, isReset: true, isMet: io.isReceive, io.mark)
        }
    }

    /// EPIPE, ECONNRESET, ETIMEDOUT
    private static func isBroken(_ result: Int32) -> Bool { result == -32 || result == -104 || result == -110 }

    /// Also from a census: then the peer's FIN came before.
    mutating func noteAnnouncedEnd(of socket: Int32, _ state: UInt16) {
        guard state == Self.closeWait else { return }
        core.sockets[socket].end.isAnnounced = true
        core.sockets[socket].idleBefore = 0
    }

    private mutating func survivedIdle(_ socket: Int32) {
        let idle = core.sockets[socket].idleBefore
        core.sockets[socket].idleBefore = 0
        guard let endpoint = core.sockets[socket].remote, enterSurvival(of: endpoint) else { return }
        detectors.survivals[endpoint]?.survived(.nanoseconds(clamping: idle))
    }

    /// The connection is dead, without a word of its peer.
    ///
    /// - Parameter isMet: a request has met it; else that is decided when the socket is closed, or at the end.
    mutating func noteEnd(of socket: Int32, isReset: Bool, isMet: Bool, _ mark: EventMark) {
        let end = core.sockets[socket].end
        guard !core.isAccepted(socket), !end.isAnnounced, !end.isBooked else { return }
        if isMet {
            book(endOf: socket, isReset: isReset, end.unmet ?? mark)
        } else if end.unmet == nil {
            core.sockets[socket].end.unmet = mark
        }
    }

    /// The socket goes: what is closed at once, outside of a lease, has met its end with a farewell only.
    mutating func settleEnd(of socket: Int32, at now: UInt64) {
        if !detectors.survivals.isEmpty { noteOutliving(socket) }
        guard let mark = core.sockets[socket].end.unmet else { return }
        if core.sockets[socket].firstLease >= 0 || now &- min(now, mark.timestamp) >= core.settings.floors.farewell {
            book(endOf: socket, isReset: true, mark)
        }
    }

    private mutating func book(endOf socket: Int32, isReset: Bool, _ mark: EventMark) {
        let idle = core.sockets[socket].idleBefore
        let silence = mark.timestamp &- min(mark.timestamp, core.sockets[socket].end.spokenAt)
        core.sockets[socket].end.unmet = nil
        // An end that meets nothing that is sent, after a long silence, is that of an idle connection.
        guard idle > 0 || core.sockets[socket].unanswered.lastAt != 0 || silence < core.settings.floors.idleKilledIdle
        else {
            return
        }
        core.sockets[socket].end.isBooked = true
        core.sockets[socket].idleBefore = 0
        guard let endpoint = core.sockets[socket].remote, enterSurvival(of: endpoint) else { return }
        let heardAt = min(mark.timestamp, max(core.sockets[socket].end.heardAt, connectedAt(socket)))
        noteEnd(at: endpoint, heardAt: heardAt, mark.timestamp)
        if idle == 0 {
            detectors.survivals[endpoint]?.noteOthers()
            return
        }
        let length = Duration.nanoseconds(clamping: idle)
        let stack =
            core.sockets[socket].openStack >= 0 ? core.stacks.resolve(stackID: core.sockets[socket].openStack) : nil
        var keepalive = KeepaliveUse()
        note(socket, silentFor: idle, in: &keepalive)
        let descriptor = core.sockets[socket].descriptor
        detectors.survivals[endpoint]?.update { failures in
            failures.shortestFailed = failures.failed == 0 ? length : min(failures.shortestFailed, length)
            failures.failed &+= 1
            failures.keepalive.add(keepalive)
            if isReset { failures.reset &+= 1 }
            failures.firstFailure = failures.firstFailure ?? mark.reference
            failures.lastFailure = mark.reference
            failures.descriptor = descriptor >= 0 ? descriptor : nil
            failures.stack = stack ?? failures.stack
        }
    }

    /// Most connections to an endpoint are ended at once: what dies with them was not killed by silence.
    mutating func noteWave(at endpoint: Endpoint, from first: UInt64, to last: UInt64) {
        guard enterSurvival(of: endpoint) else { return }
        noteEnd(at: endpoint, heardAt: first, last)
        detectors.survivals[endpoint]?.noteOthers()
    }

    private mutating func noteEnd(at endpoint: Endpoint, heardAt: UInt64, _ end: UInt64) {
        // The last group is complete: who outlived it is known by now.
        if detectors.survivals[endpoint]?.isExplained(heardAt: heardAt) == false,
            detectors.survivals[endpoint]?.group?.isOpen == true
        {
            for socket in core.sockets.live where core.sockets[socket].remote == endpoint { noteOutliving(socket) }
        }
        detectors.survivals[endpoint]?.ended(heardAt: heardAt, at: end)
    }

    private mutating func noteOutliving(_ socket: Int32) {
        guard let endpoint = core.sockets[socket].remote, let group = detectors.survivals[endpoint]?.group,
            group.isOpen,
            core.sockets[socket].end.heardAt > group.endedAt, connectedAt(socket) < group.heardAt,
            !core.isAccepted(socket)
        else { return }
        detectors.survivals[endpoint]?.outlive()
    }

    func connectedAt(_ socket: Int32) -> UInt64 {
        let connect = core.sockets[socket].connect
        if connect.isEstablished, let mark = connect.handshakeMark { return mark.timestamp }
        let bornAt = core.sockets[socket].bornAt
        return bornAt != 0 ? max(bornAt, connect.startedAt) : core.sockets[socket].firstSeen
    }

    private mutating func enterSurvival(of endpoint: Endpoint) -> Bool {
        if detectors.survivals[endpoint] != nil { return true }
        guard detectors.survivals.count < Self.survivalLimit else {
            core.cutOffs.note(.idleSurvivals)
            return false
        }
        detectors.survivals[endpoint] = SurvivalState(endpoint: endpoint)
        return true
    }

    /// Those with failures, the first one first, by the books as they will be closed.
    func failedSurvivals(live: [Int32]) -> [IdleSurvival] {
        var books = self.copy()
        let unmet = live.compactMap { socket in core.sockets[socket].end.unmet.map { ($0.ordinal, socket) } }
        for (_, socket) in unmet.sorted(by: { $0.0 < $1.0 }) { books.settleEnd(of: socket, at: core.now) }
        for socket in live { books.noteOutliving(socket) }
        return books.detectors.survivals.values.map(\.summary).filter { $0.failed > 0 || $0.explained > 0 }
            .sorted {
                ($0.firstFailure?.ordinal ?? 0, "\($0.endpoint)") < ($1.firstFailure?.ordinal ?? 0, "\($1.endpoint)")
            }
    }
}
