// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// What a pool's new connections cost, and from which lifetime on that does not matter.
struct PoolBirthCost {
    /// Dialling takes a thousandth of such a lifetime.
    private static let lifetimes = 1000.0
    /// Shorter lifetimes have no use: whoever moves servers waits minutes.
    private static let least = Duration.seconds(300)

    private let mean: Duration?
    private let turnover: ConnectionTurnover

    init(_ pool: PoolSummary, in analysis: TraceAnalysis) {
        turnover = pool.turnover
        let births = analysis.births.filter { $0.pool == pool.id }
        // The parts of those that have them, as not each connection has all.
        let parts = [\BirthSummary.lookup, \.connect, \.handshake, \.startUp].map { path -> Duration in
            let count = births.reduce(UInt64(0)) { $0 &+ $1[keyPath: path].count }
            let total = births.reduce(Duration.zero) { $0 + $1[keyPath: path].total }
            return count == 0 ? .zero : .nanoseconds(total.wholeNanoseconds / Int64(clamping: count))
        }
        let sum = parts.reduce(.zero, +)
        mean = sum > .zero ? sum : nil
    }

    private var lifetime: Duration? { mean.map { max(Self.least, $0 * Self.lifetimes) } }

    /// Sentences that follow others; empty where nothing is known.
    var text: String {
        guard let mean, let lifetime else { return "" }
        var text = " A new connection costs \(ReadableText.duration(mean)): with a lifetime of "
        text += "\(ReadableText.duration(lifetime)) or longer, or none, that is less than a thousandth of the time."
        if turnover.redialled > 0 {
            text +=
                " With the present settings the pool dialled \(turnover.redialled) after it had closed others: "
                + "\(ReadableText.duration(mean * Double(turnover.redialled))) in sum."
        }
        return text
    }

    var measurements: [Measurement] {
        guard let mean, let lifetime else { return [] }
        return [
            Measurement("birth_mean", .duration(mean)), Measurement("lifetime", .duration(lifetime)),
            Measurement("redialled", .count(turnover.redialled)),
        ]
    }
}
