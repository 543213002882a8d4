// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// Where the hold of an open lease went, up to the last call on its socket.
///
/// A request is out from its first send to the first data of its answer. What is before is the holder's own time; what is
/// after, too, unless a read waits for more of the answer.
struct HoldSplit {
    private enum Reader { case nobody, holder, other }

    /// Parts of one request follow each other at once.
    private static let requestGap: UInt64 = 1_000_000

    private(set) var time = LeaseTime()
    /// The moment up to which it is told.
    private(set) var toldTo: UInt64 = 0
    /// When the first send of the request that is out had returned; 0: none is out.
    private var askedAt: UInt64 = 0
    /// The last send found no room.
    private var isSendBlocked = false
    /// Who found nothing to read since the last data.
    private var reader = Reader.nobody
    /// From `toldTo` on calls may be in sums.
    private(set) var isSummed = false
    /// Calls of its time were lost.
    private(set) var isLossy = false

    mutating func begin(at acquired: UInt64) { toldTo = acquired }

    mutating func note(_ io: SocketIO, isHolder: Bool, _ path: AnswerPath) {
        if isSummed { return }
        if io.isReceive {
            if io.isWouldBlock { noteNothing(io, isHolder: isHolder) } else { receive(io, path) }
        } else {
            send(io, isHolder: isHolder)
        }
    }

    /// Calls are in sums from here on.
    mutating func sum() { isSummed = true }

    mutating func lose() { isLossy = true }

    /// The socket is known now, and what was seen until `now` was on others.
    mutating func restart(at now: UInt64) {
        let start = toldTo &- min(toldTo, time.hold)
        time = LeaseTime()
        askedAt = 0
        isSendBlocked = false
        reader = .nobody
        toldTo = start
        tell(until: now, .noSocket)
    }

    /// The hold ends.
    mutating func close(at end: UInt64) { tell(until: end, lastPart) }

    private var lastPart: LeasePart {
        if isSummed { return .summed }
        return switch (reader, askedAt != 0) {
        case (.holder, true): .remote  // it gave up
        case (.holder, false): .unclear  // it looked whether the peer has closed, or waited for it to speak
        default: .own
        }
    }

    // MARK: - Calls

    private mutating func noteNothing(_ io: SocketIO, isHolder: Bool) {
        if askedAt == 0, reader == .nobody || (reader == .other && isHolder) { tell(until: io.start, .own) }
        if isHolder { reader = .holder } else if reader == .nobody { reader = .other }
    }

    private mutating func send(_ io: SocketIO, isHolder: Bool) {
        let gap = io.start > toldTo ? io.start - toldTo : 0
        let before: LeasePart =
            if !io.isStartKnown, !io.isByGoroutine {
                .missing
            } else if isSendBlocked {
                .send
            } else if askedAt != 0 {
                gap > Self.requestGap ? .unclear : .send
            } else {
                // Who finds nothing and then sends has only looked whether the peer has closed.
                reader == .nobody || (reader == .holder && isHolder) ? .own : .unclear
            }
        tell(until: io.start, before)
        tell(until: io.mark.timestamp, .send)
        isSendBlocked = io.isWouldBlock
        guard io.isData else { return }
        if askedAt == 0 { askedAt = toldTo }
        reader = .nobody
    }

    /// Also the end of the stream, or an error.
    private mutating func receive(_ io: SocketIO, _ path: AnswerPath) {
        let now = io.mark.timestamp
        let arrival = max(toldTo, now &- min(now, io.arrivalAge))
        if askedAt != 0 {
            answer(at: arrival, io, path)
        } else if reader == .nobody, !io.isStartKnown {
            tell(until: now, .missing)
        } else if reader == .nobody {
            tell(until: io.start, .own)
            tell(until: max(arrival, io.start), .remote)
        } else {
            tell(until: arrival, reader == .holder ? .remote : .unclear)
        }
        tell(until: now, .receiveQueue)
        askedAt = 0
        isSendBlocked = false
        reader = .nobody
    }

    private mutating func answer(at arrival: UInt64, _ io: SocketIO, _ path: AnswerPath) {
        let waited = arrival > toldTo ? arrival - toldTo : 0
        // Where it is not known when data arrives, it is read at once only by who waits for it.
        let isBlocked = io.isStartKnown && (io.mark.timestamp &- io.start) >= waited / 2
        let isRead = path.isArrivalKnown || reader != .nobody || isBlocked
        if !io.isData || path.resentAt >= askedAt {
            tell(until: arrival, .remote)
        } else if !isRead {
            tell(until: arrival, .missing)
        } else if let network = path.network(of: waited) {
            tell(until: toldTo &+ network, .network)
            tell(until: arrival, .peer)
        } else {
            tell(until: arrival, .remote)
        }
    }

    private mutating func tell(until moment: UInt64, _ part: LeasePart) {
        guard moment > toldTo else { return }
        time.add(moment - toldTo, to: part)
        toldTo = moment
    }
}
