// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// One endpoint as its clients see it: how long it takes to answer, and when it answered nobody.
struct StallPeer {
    private static let silenceLimit = 64

    let endpoint: Endpoint
    /// That are open and have asked.
    var sockets: UInt64 = 0
    /// Requests that are out.
    var outstanding: UInt64 = 0
    var firstAskedAt: UInt64 = 0
    var lastAnswerAt: UInt64 = 0
    /// From a request's last send to the first data of its answer; without those that waited through a silence.
    var trips = LogHistogram()
    var kinds = RequestKinds()
    /// Since the last answer.
    var givenUp: StallSilence?
    /// The one that has ended, while those who waited get their answers.
    var silence: StallSilence?
    var silences: [StallSilence] = []
    var silenceCount: UInt32 = 0
    var unlisted: UInt64 = 0
    /// Some of its calls are in sums: who was answered is not known any more.
    var isSummed = false
    var unjudged = StallDoubts()
    private var knownP99: (trips: UInt64, time: UInt64) = (0, 0)

    init(endpoint: Endpoint, isSummed: Bool) {
        self.endpoint = endpoint
        self.isSummed = isSummed
    }

    /// Of the round trips so far: computed anew when there are noticeably more of them.
    mutating func p99() -> UInt64 {
        if trips.count > knownP99.trips &+ knownP99.trips / 16 {
            knownP99 = (trips.count, trips.statistics.p99.clampedNanoseconds)
        }
        return knownP99.time
    }

    mutating func beginRequest(at now: UInt64) {
        outstanding &+= 1
        if firstAskedAt == 0 { firstAskedAt = now }
    }

    /// An answer comes. Returns whether it may end a silence that is not known yet.
    mutating func beginAnswer(
        to request: RequestState, at now: UInt64, silentFor time: UInt64, least: UInt64
    ) -> Bool {
        if let silence, now > silence.grace { settle(least: least) }
        guard let silence else { return now - min(lastAnswerAt, now) >= time }
        if request.silence == silence.number { self.silence?.ended &+= 1 }
        return false
    }

    mutating func endAnswer(to request: RequestState, took time: UInt64, isUsual: Bool, at now: UInt64) {
        if isUsual { trips.add(time) }
        kinds.add(request.bytes, took: time)
        lastAnswerAt = now
        givenUp = nil
    }

    /// The silence is over, and so is the time in which those who waited get their answers.
    mutating func settle(least: UInt64) {
        guard let silence else { return }
        self.silence = nil
        // Where the others still wait, the peer answers, only not them.
        guard silence.ended >= min(2, least), silence.ended * 2 >= silence.waiting else {
            unjudged.addAlone(silence.length)
            return
        }
        if silences.count < Self.silenceLimit { silences.append(silence) } else { unlisted &+= 1 }
    }
}
