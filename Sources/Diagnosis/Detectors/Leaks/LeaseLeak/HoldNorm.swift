// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// How long a lease of a pool may be open before it is out of the ordinary.
struct HoldNorm {
    /// The least age, and silence, of a leak.
    let threshold: Duration
    /// How it came about, as a clause.
    let text: String

    init(_ pool: PoolSummary, _ thresholds: Thresholds) {
        let factor = thresholds[LeaseLeakRule.holdFactor]
        let isEnough = pool.holds.count >= thresholds[LeaseLeakRule.holdSamples]
        let usual = isEnough ? pool.holds.p99 : pool.holds.longest
        // A century at most: a duration cannot hold every product.
        let scaled = Duration.seconds(min(3e9, Double(usual.wholeNanoseconds) / 1e9 * factor))
        threshold = max(thresholds[LeaseLeakRule.age], scaled)
        let name: String
        if isEnough {
            name = "the pool's p99 hold is \(ReadableText.duration(usual))"
        } else if pool.holds.count > 0 {
            name =
                "only \(ReadableText.count(pool.holds.count, "lease")) ended, "
                + "the longest after \(ReadableText.duration(usual))"
        } else {
            name = "no lease ended, so the usual hold is not known"
        }
        text = "\(name); a leak is older than \(ReadableText.duration(threshold))"
    }
}
