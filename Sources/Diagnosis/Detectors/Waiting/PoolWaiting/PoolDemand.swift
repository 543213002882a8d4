// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// How many connections a pool's finished work needed: the number that tells a leak from a pool that is too small.
struct PoolDemand {
    /// The sum of all completed holds over the length of the trace (Little's law).
    var meanInUse: Double
    /// `nil`: unlimited, or not read.
    var limit: UInt64?

    init(_ pool: PoolSummary, over length: Duration) {
        let seconds = Double(max(1, length.wholeNanoseconds))
        meanInUse = Double(pool.holds.total.wholeNanoseconds) / seconds
        limit = pool.audit?.maximumOpen.flatMap { $0 == 0 ? nil : $0 }
    }

    /// Says which of the two it is, with the numbers of both.
    ///
    /// - Parameter isProven: `false`: releases may have been lost.
    func verdict(leaked: UInt64, isProven: Bool) -> Evidence {
        let need = meanInUse > 0 && meanInUse < 0.1 ? "less than 0.1" : ReadableText.number(meanInUse)
        var measurements = [Measurement("mean_in_use", .share(meanInUse))]
        measurements.append(Measurement("leaked", .count(leaked)))
        if let limit { measurements.append(Measurement("maximum_open", .count(limit))) }
        let text = text(leaked: leaked, need: need)
        return Evidence(isProven ? text : "Not proven, as records were lost: " + text, measurements: measurements)
    }

    private func text(leaked: UInt64, need: String) -> String {
        let taken = leaked == 1 ? "1 connection is" : "\(leaked) connections are"
        guard let limit else {
            return "Completed leases needed \(need) connections on average; \(taken) leaked. "
                + "The pool's limit is not known or not set."
        }
        // Above four fifths of the limit, chance alone makes a queue.
        let isSmall = meanInUse > 0.8 * Double(limit)
        let numbers = "completed leases needed \(need) of \(limit) connections on average, and \(taken) leaked."
        switch (leaked > 0, isSmall) {
        case (true, false): return "A leak, not a pool that is too small: " + numbers
        case (true, true): return "A leak, and a pool that is small besides: " + numbers
        case (false, true): return "A pool that is too small, or leases that are too long; no leak: " + numbers
        case (false, false): return "No leak, and enough connections on average, so bursts or long leases: " + numbers
        }
    }
}
