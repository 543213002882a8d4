// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import TraceModel

/// What the first request after an idle time meets.
struct IdleKilled: Sendable {
    static let limit = 1024
    private static let closeWait: UInt16 = 8

    private var states = SocketColumn(IdleState())
    private var survivals: [Endpoint: SurvivalState] = [:]
    /// Ends of idle times at endpoints beyond the limit.
    private(set) var unlisted: UInt64 = 0
    /// A silence of at least this, in ns, is an idle time.
    private let long: UInt64

    init(_ floors: ThresholdFloors) { long = floors.idleKilledIdle }

    /// A send after a long silence is a question, what is received next its answer.
    @inline(__always)
    mutating func dataMoved(_ event: IOEvent, _ core: Core) {
        let io = event.io
        if core.sockets[event.socket].isAccepted { return }
        let isBroken = Self.isBroken(event.result)
        if !io.isReceive, event.silentSince != 0, io.start > event.silentSince,
            io.start - event.silentSince >= long, io.isData || isBroken,
            !core.sockets[event.socket].end.isAnnounced
        {
            states[event.socket].idleBefore = io.start - event.silentSince
        }
        if io.isData {
            if io.isReceive, !states[event.socket].isInitial { heard(event.socket, core) }
        } else if isBroken {
            // A receive meets the end of a request; a send may be a farewell.
            died(event.socket, isReset: true, isMet: io.isReceive, io.mark, core)
        }
    }

    /// EPIPE, ECONNRESET, ETIMEDOUT
    private static func isBroken(_ result: Int32) -> Bool { result == -32 || result == -104 || result == -110 }

    private mutating func heard(_ socket: SocketSlot, _ core: Core) {
        if states[socket].idleBefore > 0 { survived(socket, core) }
        states[socket].isBooked = false
        states[socket].unmet = nil
    }

    private mutating func survived(_ socket: SocketSlot, _ core: Core) {
        let idle = states[socket].idleBefore
        states[socket].idleBefore = 0
        guard let endpoint = core.sockets[socket].remote, enter(endpoint) else { return }
        survivals[endpoint]?.survived(.nanoseconds(clamping: idle))
    }

    /// Also from a census: then the peer's FIN came before.
    mutating func stateKnown(_ state: UInt16, of socket: SocketSlot) {
        if state == Self.closeWait, states[socket].idleBefore != 0 { states[socket].idleBefore = 0 }
    }

    /// The first request after an idle time is out.
    func isAskedAfterIdle(_ socket: SocketSlot) -> Bool { states[socket].idleBefore > 0 }

    /// The connection is dead, without a word of its peer.
    ///
    /// - Parameter isMet: a request has met it; else that is decided when the socket is closed, or at the end.
    mutating func died(_ socket: SocketSlot, isReset: Bool, isMet: Bool, _ mark: EventMark, _ core: Core) {
        let state = states[socket]
        guard !core.isAccepted(socket), !core.sockets[socket].end.isAnnounced, !state.isBooked else { return }
        if isMet {
            book(endOf: socket, isReset: isReset, state.unmet ?? mark, core)
        } else if state.unmet == nil {
            states[socket].unmet = mark
        }
    }

    /// The socket goes: what is closed at once, outside of a lease, has met its end with a farewell only.
    mutating func socketGone(_ socket: SocketSlot, at now: UInt64, _ core: Core) {
        if !survivals.isEmpty { noteOutliving(socket, core) }
        guard let mark = states[socket].unmet else { return }
        if core.sockets[socket].firstLease >= 0
            || now &- min(now, mark.timestamp) >= core.settings.floors.farewell
        {
            book(endOf: socket, isReset: true, mark, core)
        }
    }

    private mutating func book(endOf socket: SocketSlot, isReset: Bool, _ mark: EventMark, _ core: Core) {
        let idle = states[socket].idleBefore
        let silence = mark.timestamp &- min(mark.timestamp, core.sockets[socket].end.spokenAt)
        states[socket].unmet = nil
        // An end that meets nothing that is sent, after a long silence, is that of an idle connection.
        guard idle > 0 || core.sockets[socket].unanswered.lastAt != 0 || silence < long else { return }
        states[socket].isBooked = true
        states[socket].idleBefore = 0
        guard let endpoint = core.sockets[socket].remote, enter(endpoint) else { return }
        let heardAt = min(mark.timestamp, max(core.sockets[socket].end.heardAt, core.connectedAt(socket)))
        noteEnd(at: endpoint, heardAt: heardAt, mark.timestamp, core)
        if idle == 0 {
            survivals[endpoint]?.noteOthers()
            return
        }
        let length = Duration.nanoseconds(clamping: idle)
        let openStack = core.sockets[socket].openStack
        let stack = openStack >= 0 ? core.stacks.resolve(stackID: openStack) : nil
        let keepalive = core.keepaliveUse(of: socket, silentFor: idle)
        let descriptor = core.sockets[socket].descriptor
        survivals[endpoint]?.update { failures in
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
    mutating func endedInWave(at endpoint: Endpoint, from first: UInt64, to last: UInt64, _ core: Core) {
        guard enter(endpoint) else { return }
        noteEnd(at: endpoint, heardAt: first, last, core)
        survivals[endpoint]?.noteOthers()
    }

    private mutating func noteEnd(at endpoint: Endpoint, heardAt: UInt64, _ end: UInt64, _ core: Core) {
        // The last group is complete: who outlived it is known by now.
        if survivals[endpoint]?.isExplained(heardAt: heardAt) == false, survivals[endpoint]?.group?.isOpen == true {
            for socket in core.sockets.live where core.sockets[socket].remote == endpoint {
                noteOutliving(core.sockets.slot(socket), core)
            }
        }
        survivals[endpoint]?.ended(heardAt: heardAt, at: end)
    }

    private mutating func noteOutliving(_ socket: SocketSlot, _ core: Core) {
        guard let endpoint = core.sockets[socket].remote, let group = survivals[endpoint]?.group, group.isOpen,
            core.sockets[socket].end.heardAt > group.endedAt, core.connectedAt(socket) < group.heardAt,
            !core.isAccepted(socket)
        else { return }
        survivals[endpoint]?.outlive()
    }

    private mutating func enter(_ endpoint: Endpoint) -> Bool {
        if survivals[endpoint] != nil { return true }
        guard survivals.count < Self.limit else {
            unlisted &+= 1
            return false
        }
        survivals[endpoint] = SurvivalState(endpoint: endpoint)
        return true
    }

    /// The longest idle time that a connection to the endpoint has survived, in nanoseconds.
    func longestSurvived(_ endpoint: Endpoint) -> UInt64 {
        survivals[endpoint]?.longestSurvived.clampedNanoseconds ?? 0
    }

    /// Those with failures, the first one first, by the books as they will be closed.
    func result(_ core: Core) -> [IdleSurvival] {
        var books = self
        let live = core.sockets.all
        let unmet = live.compactMap { socket in states[socket].unmet.map { ($0.ordinal, socket) } }
        for (_, socket) in unmet.sorted(by: { $0.0 < $1.0 }) { books.socketGone(socket, at: core.now, core) }
        for socket in live { books.noteOutliving(socket, core) }
        return books.survivals.values.map(\.summary).filter { $0.failed > 0 || $0.explained > 0 }
            .sorted {
                ($0.firstFailure?.ordinal ?? 0, "\($0.endpoint)") < ($1.firstFailure?.ordinal ?? 0, "\($1.endpoint)")
            }
    }
}
