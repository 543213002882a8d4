// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// How long a request to an endpoint may take before it is given up.
enum TimeoutAdvice {
    private static let headroom = 1.5
    private static let least = Duration.milliseconds(200)
    private static let checkFactor = 3.0
    private static let checkMargin = Duration.milliseconds(100)

    static func of(_ trips: RoundTrips, in analysis: TraceAnalysis) -> Advice? {
        guard trips.last.count == RoundTrips.kept, analysis.lost([.socketIO], since: analysis.startedAt) == 0
        else { return nil }
        let sorted = trips.last.sorted()
        let p90 = sorted[(sorted.count * 9 + 9) / 10 - 1]
        let p95 = sorted[(sorted.count * 19 + 19) / 20 - 1]
        let check = p95 * checkFactor + checkMargin
        let timeout = max(least, p90 * headroom)
        return Advice(
            id: "timeout-setting", subject: .endpoint(trips.endpoint),
            text: "\(ReadableText.duration(timeout)) for a request: P90 of the last \(RoundTrips.kept) round trips, "
                + "\(ReadableText.duration(p90)), x \(headroom), at least \(ReadableText.duration(least)). "
                + "\(ReadableText.duration(check)) for the check of a connection: P95, \(ReadableText.duration(p95)), x 3 and "
                + "\(ReadableText.duration(checkMargin)) of margin.",
            measurements: [
                Measurement("timeout", .duration(timeout)), Measurement("round_trip_p90", .duration(p90)),
                Measurement("check_timeout", .duration(check)), Measurement("round_trip_p95", .duration(p95)),
            ])
    }
}
