// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// Receives and sends that are in the trace as sums only, as JSON.
enum SumJSON {
    static func value(_ analysis: TraceAnalysis) -> JSONValue {
        guard let summed = analysis.summed else { return .null }
        return [
            "calls": .unsigned(summed.calls), "sockets": .unsigned(summed.sockets),
            "since": FindingJSON.event(summed.since, analysis),
            "calls_per_second": .unsigned(summed.callsPerSecond),
            "limit_per_second": .unsigned(summed.limitPerSecond),
            "endpoints": .array(analysis.summedCalls.map(endpoint)),
        ]
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
