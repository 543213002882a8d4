// SPDX-License-Identifier: Apache-2.0

/// Request and answer in turns, as far as one socket shows it.
struct TripState {
    /// Parts of one request follow each other at once; of one answer, within the time of the network.
    private static let requestGap: UInt64 = 1_000_000
    private static let answerGap: UInt64 = 50_000_000

    /// The last send of the request whose answer has not begun; `nil`: none is out.
    private(set) var asked: EventMark?
    /// When that send began.
    private var askedAt: UInt64 = 0
    private var requestBytes: UInt64 = 0
    private var receivedAt: UInt64 = 0
    /// A segment was sent again since the request.
    private var isResent = false
    private var trips: UInt32 = 0
    /// Sends behind a request that was out, and data that nobody had asked for.
    private var strays: UInt32 = 0
    /// Where the last one was booked: like requests find it without a look-up.
    var series: Int32 = -1
    var seriesKey = ResponseLedger.Kind()
    /// Where `ResponseLedger` has its endpoint; -1: to be looked up.
    var endpointHint: Int32 = -1

    /// Whether what is received next answers what was sent last, on a socket of which no lease tells it: at most one in
    /// ten sends and receives is out of turn.
    var isInTurns: Bool { strays &* 10 <= trips }

    mutating func send(_ io: SocketIO) {
        if asked == nil {
            requestBytes = io.bytes
        } else {
            requestBytes &+= io.bytes
            if io.start > askedAt, io.start - askedAt > Self.requestGap { strays &+= 1 }
        }
        asked = io.mark
        askedAt = io.start
        isResent = false
    }

    /// What came next is not known.
    mutating func forget() {
        asked = nil
        receivedAt = 0
    }

    mutating func resend() { isResent = true }

    /// Returns the round trip that the first data of an answer ends.
    mutating func receive(_ io: SocketIO) -> ResponseTrip? {
        let now = io.mark.timestamp
        defer { receivedAt = now }
        guard let request = asked else {
            if receivedAt != 0, now > receivedAt, now - receivedAt > Self.answerGap { strays &+= 1 }
            return nil
        }
        asked = nil
        trips &+= 1
        if trips == .max || strays == .max {
            trips /= 2
            strays /= 2
        }
        return ResponseTrip(
            time: now > askedAt ? now - askedAt : 0, requestBytes: requestBytes, isResent: isResent, request: request,
            answer: io.mark)
    }
}
