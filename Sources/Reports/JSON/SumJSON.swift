// SPDX-License-Identifier: Apache-2.0
import Diagnosis
import TraceModel

/// Receives and sends that are in the trace as sums only, as JSON.
enum SumJSON {
    static func value(_ analysis: TraceAnalysis) -> JSONValue {
        guard let summed = analysis.summed else { return .null }
        return [
            "calls": .unsigned(summed.calls), "sockets": .unsigned(summed.sockets),
            "since": FindingJSON.event(summed.since, analysis),
            "calls_per_second": .unsigned(summed.reason?.callsPerSecond ?? 0),
            "limit_per_second": .unsigned(summed.reason?.callLimit ?? 0),
            "cost_share": summed.reason?.costShare.map { .fraction($0) } ?? .null,
            "cost_limit": summed.reason?.costLimit.map { .fraction($0) } ?? .null,
            "causes": .array(causes(summed.reason)),
            "endpoints": .array(analysis.summedCalls.map(endpoint)),
        ]
    }

    private static func causes(_ reason: SummingReason?) -> [JSONValue] {
        [("calls", reason?.isForCalls), ("cost", reason?.isForCost)].filter { $0.1 == true }.map { .string($0.0) }
    }

    private static func endpoint(_ calls: SummedCalls) -> JSONValue {
        [
            "endpoint": JSONValue(calls.endpoint?.description), "is_listening": .bool(calls.isAccepting),
            "receives": .unsigned(calls.receives), "sends": .unsigned(calls.sends),
            "idle_calls": .unsigned(calls.idle),
            "answers": .unsigned(calls.answers.reduce(0, &+)),
            "answers_p50_below_ns": JSONValue(calls.answerTime(percentile: 50)),
            "answers_p99_below_ns": JSONValue(calls.answerTime(percentile: 99)),
        ]
    }
}
