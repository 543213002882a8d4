// SPDX-License-Identifier: Apache-2.0
import Diagnosis
import TraceModel

/// Receives and sends that are in the trace as sums only.
enum SumText {
    private static let limit = 10

    static func write(_ analysis: TraceAnalysis, _ time: TraceTime, to page: inout TextPage) {
        guard let summed = analysis.summed else { return }
        page.blank()
        page.line("Aggregated calls", style: .heading)
        page.paragraph(reason(summed, time), first: "  ")
        var rows = [["endpoint", "receives", "sends", "idle calls", "answers p50", "p99"]]
        for calls in analysis.summedCalls.prefix(limit) {
            rows.append([
                (calls.endpoint?.description ?? "others") + (calls.isAccepting ? " (listening)" : ""),
                "\(calls.receives)", "\(calls.sends)", "\(calls.idle)", text(calls, 50), text(calls, 99),
            ])
        }
        page.table(rows, rightAligned: Set(1...5))
        if analysis.summedCalls.count > limit { page.line("  and \(analysis.summedCalls.count - limit) more") }
    }

    private static func reason(_ summed: SummedTotals, _ time: TraceTime) -> String {
        let calls =
            "\(ReadableText.count(summed.calls, "receive")) and sends of \(ReadableText.count(summed.sockets, "socket")) "
            + "are aggregated"
        let since = summed.since.map { " since \(time.offset($0.timestamp))" } ?? ""
        var reasons: [String] = []
        if let reason = summed.reason, reason.isForCalls {
            reasons.append(
                "the program made \(reason.callsPerSecond) calls a second, and poolscope records at most \(reason.callLimit) one by one "
                    + "(--call-limit)")
        }
        if let reason = summed.reason, reason.isForCost, let share = reason.costShare, let limit = reason.costLimit {
            reasons.append(
                "recording them took \(percent(share)) of the process's CPU time, and may take \(percent(limit)) "
                    + "(--cost-limit)")
        }
        if reasons.isEmpty { return calls + since + ", as asked for." }
        return calls + since + ": " + reasons.joined(separator: "; ")
            + ". Rules that need each call are not evaluated for them."
    }

    /// To a tenth, which a limit can be given to.
    private static func percent(_ share: Double) -> String {
        let tenths = Int((share * 1000).rounded())
        return tenths.isMultiple(of: 10) ? "\(tenths / 10) %" : "\(tenths / 10).\(tenths % 10) %"
    }

    /// Buckets that double: at most twice the true value.
    private static func text(_ calls: SummedCalls, _ percentile: Double) -> String {
        if calls.answers.allSatisfy({ $0 == 0 }) { return "-" }
        return calls.answerTime(percentile: percentile).map { "< " + ReadableText.duration($0) } ?? "> 8 s"
    }
}
