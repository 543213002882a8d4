// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// A datagram peer: what was asked, what was answered, and the window of time in which the fewest were.
struct DatagramPeer {
    private static let window: UInt64 = 30_000_000_000

    struct Window {
        var number: UInt64 = 0
        var answered: UInt64 = 0
        var unanswered: UInt64 = 0

        var requests: UInt64 { answered &+ unanswered }
        var share: Double { requests == 0 ? 0 : Double(unanswered) / Double(requests) }
    }

    let endpoint: Endpoint
    var sockets: UInt64 = 0
    var answered: UInt64 = 0
    var unanswered: UInt64 = 0
    /// Of them, those that were sent again on the same socket.
    var repeated: UInt64 = 0
    var answerTimes = LogHistogram()
    /// How long the unanswered ones were waited for.
    var waits = LogHistogram()
    var first: EventMark?
    var last: EventMark?
    var descriptor: Int32 = -1
    var openStack: Int32 = -1
    private var kinds = DatagramKinds()
    private var current = Window()
    /// The worst one that is over.
    private var finished: Window?
    /// Requests that a window needs.
    private let least: UInt64

    init(endpoint: Endpoint, least: UInt64) {
        self.endpoint = endpoint
        self.least = least
    }

    mutating func answer(_ size: UInt32, after time: UInt64, at now: UInt64, from start: UInt64) {
        _ = kinds.add(size, isAnswered: true)
        answered &+= 1
        answerTimes.add(time)
        enter(now, from: start)
        current.answered &+= 1
    }

    /// Returns whether it counts.
    mutating func giveUp(
        _ size: UInt32, after time: UInt64, isRepeated: Bool, at mark: EventMark, from start: UInt64
    ) -> Bool {
        guard kinds.add(size, isAnswered: false) else { return false }
        unanswered &+= 1
        if isRepeated { repeated &+= 1 }
        waits.add(time)
        first = first ?? mark
        last = mark
        enter(mark.timestamp, from: start)
        current.unanswered &+= 1
        return true
    }

    private mutating func enter(_ now: UInt64, from start: UInt64) {
        let number = (now - min(start, now)) / Self.window
        if number == current.number { return }
        finished = worst()
        current = Window(number: number)
    }

    /// The window with the greatest share of unanswered requests; `nil`: none has at least `least` of them.
    func worst() -> Window? {
        let isWhole = current.requests >= max(1, least)
        guard let finished else { return isWhole ? current : nil }
        return isWhole && current.share > finished.share ? current : finished
    }
}
