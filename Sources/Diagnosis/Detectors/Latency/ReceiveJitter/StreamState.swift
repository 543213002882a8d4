// SPDX-License-Identifier: Apache-2.0

/// What a socket receives without asking: how even the times between messages are. All times in nanoseconds.
///
/// The first even stretch is the baseline; what comes later is held against it. Jitter is that of RFC 3550, section
/// 6.4.1, with the present mean gap for the sender's, whose own times are not known.
struct StreamState {
    /// Gaps of the baseline, and of each stretch after it.
    static let stretch: UInt32 = 50
    /// Receives so close to each other read one message in parts, or messages sent together.
    private static let partGap: UInt64 = 1_000_000
    /// A gap of at least this, and ten times as long as usual, is a pause of the sender.
    private static let pause: Double = 1_000_000_000
    /// Gaps are even when the deviation of five is on average no more than this share of them.
    private static let evenness = 0.25

    private(set) var baseline: Baseline?
    /// Of the stretches that have ended.
    private var jittery: JitteryGaps?
    /// Gaps after the baseline.
    private(set) var judged: UInt64 = 0

    struct Baseline {
        var gap: Double
        var jitter: Double
        var deviation: Double
    }

    private var messageAt: UInt64 = 0
    private var receivedAt: UInt64 = 0
    /// Something was sent since the last message.
    private var hasSent = false
    private var asked: UInt32 = 0
    private var unasked: UInt32 = 0
    private var recent = RecentGaps()
    private var meanGap = 0.0
    private var jitter = 0.0
    /// Of the stretch under way: its gaps, the sums of the gaps, of their differences from the mean and of the deviations.
    private var gaps: UInt32 = 0
    private var gapSum = 0.0
    private var differenceSum = 0.0
    private var deviationSum = 0.0
    private var deviations: UInt32 = 0
    private var stretchJitter = JitteryGaps()

    /// The uneven gaps so far; `nil`: in no stretch there were `least`.
    func jitteryGaps(least: UInt64) -> JitteryGaps? {
        guard stretchJitter.count >= least else { return jittery }
        return jittery?.joined(with: stretchJitter) ?? stretchJitter
    }

    mutating func send() { hasSent = true }

    /// What came next is not known: the next gap is not one of the stream's.
    mutating func interrupt() {
        messageAt = 0
        recent.clear()
    }

    /// Data was received.
    ///
    /// - Parameters:
    ///   - leastGap: of what is judged at all.
    ///   - ratio: how many times its baseline a gap must exceed to be jittery; `floor` it must exceed, too.
    ///   - least: jittery gaps of a stretch that count.
    mutating func receive(_ mark: EventMark, leastGap: Double, ratio: Double, floor: Double, least: UInt64) {
        let now = mark.timestamp
        if messageAt == 0 || now < receivedAt {
            messageAt = now
            receivedAt = now
            return
        }
        let isPart = now - receivedAt < Self.partGap
        receivedAt = now
        if isPart { return }
        let gap = Double(now - messageAt)
        messageAt = now
        let isAsked = hasSent
        hasSent = false
        if isAsked { asked &+= 1 } else { unasked &+= 1 }
        if asked > .max / 20 || unasked > .max / 20 {
            asked /= 2
            unasked /= 2
        }
        // An answer's gap is the asker's doing.
        if isAsked || asked &* 10 > unasked { return }
        if gap >= Self.pause, gap > meanGap * 10, meanGap > 0 {
            recent.clear()
            return
        }
        add(gap)
        guard let baseline else { return learn(leastGap) }
        judge(baseline, mark, ratio: ratio, floor: floor, least: least)
    }

    private mutating func add(_ gap: Double) {
        gaps &+= 1
        gapSum += gap
        // The mean of all at first, then of about the last sixteen.
        meanGap += (gap - meanGap) / (baseline == nil ? Double(min(gaps, 16)) : 16)
        let difference = (gap - meanGap).magnitude
        differenceSum += difference
        jitter += (difference - jitter) / 16
        recent.add(gap)
        if let deviation = recent.deviation {
            deviationSum += deviation
            deviations &+= 1
        }
    }

    private mutating func learn(_ leastGap: Double) {
        guard gaps >= Self.stretch else { return }
        let gap = gapSum / Double(gaps)
        let deviation = deviations > 0 ? deviationSum / Double(deviations) : .infinity
        if gap >= leastGap, deviation <= gap * Self.evenness {
            let difference = differenceSum / Double(gaps)
            baseline = Baseline(gap: gap, jitter: difference, deviation: deviation)
            meanGap = gap
            jitter = difference
        }
        endStretch()
    }

    private mutating func judge(
        _ baseline: Baseline, _ mark: EventMark, ratio: Double, floor: Double, least: UInt64
    ) {
        judged &+= 1
        if let deviation = recent.deviation, deviation > max(baseline.deviation * ratio, floor),
            jitter > max(baseline.jitter * ratio, floor)
        {
            stretchJitter.add(mark, jitter: jitter, deviation: deviation)
        }
        guard gaps >= Self.stretch else { return }
        jittery = jitteryGaps(least: least)
        endStretch()
    }

    private mutating func endStretch() {
        gaps = 0
        gapSum = 0
        differenceSum = 0
        deviationSum = 0
        deviations = 0
        stretchJitter = JitteryGaps()
    }
}
