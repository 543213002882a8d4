// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// How fast, and how regularly, failed attempts are repeated, in bounded memory.
struct RetryMeter {
    private let rateLimit: UInt64
    private var second: UInt64 = 0
    private var inSecond: UInt64 = 0
    /// When the last attempt began that failed; `nil`: the last one succeeded.
    private var failedStart: UInt64?
    // Welford's sums over the intervals of this run of failures.
    private var intervals: UInt64 = 0
    private var mean: Double = 0
    private var squares: Double = 0
    private(set) var summary = RetrySummary()

    init(rateLimit: UInt64) { self.rateLimit = rateLimit }

    /// An attempt that began at `start` has ended.
    mutating func note(start: UInt64, isFailure: Bool) {
        if let last = failedStart {
            count(at: start)
            // Attempts that run side by side end in another order than they began in.
            if start > last { add(interval: start - last) }
        }
        if isFailure {
            failedStart = max(start, failedStart ?? 0)
        } else {
            failedStart = nil
            (intervals, mean, squares) = (0, 0, 0)
        }
    }

    private mutating func count(at start: UInt64) {
        summary.count &+= 1
        let now = start / 1_000_000_000
        if now != second { (second, inSecond) = (now, 0) }
        inSecond &+= 1
        if inSecond == rateLimit &+ 1 { summary.busySeconds &+= 1 }
        summary.peakPerSecond = max(summary.peakPerSecond, inSecond)
    }

    private mutating func add(interval: UInt64) {
        intervals &+= 1
        let delta = Double(interval) - mean
        mean += delta / Double(intervals)
        squares += delta * (Double(interval) - mean)
        guard intervals >= summary.runRetries, mean > 0 else { return }
        summary.runRetries = intervals
        summary.meanInterval = .nanoseconds(Int64(min(mean, 9e18)))
        summary.variation = (squares / Double(intervals)).squareRoot() / mean
    }
}
