// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// How long a connection to an endpoint may be idle, and when TCP keepalive must speak up, where idle ones were found dead.
enum KeepaliveAdvice {
    private static let second = Duration.seconds(1)

    /// `nil`: too few, or others survived as long, so that silence is not what killed them, one restart may
    /// have, or records were lost.
    static func of(_ survival: IdleSurvival, in analysis: TraceAnalysis, _ thresholds: Thresholds) -> Advice? {
        let lost = analysis.lost([.socketIO, .socketReset, .socketRetransmit], since: analysis.startedAt)
        let failed = survival.shortestFailed
        guard lost == 0, survival.failed >= max(1, thresholds[IdleKilledRule.failures]),
            survival.longestSurvived < failed,
            survival.isNoRestart(atMost: thresholds[IdleKilledRule.failures])
        else { return nil }
        let isProven = survival.survived > 0 && survival.longestSurvived >= failed / 2
        let idle = isProven ? survival.longestSurvived : failed / 2
        var text = "maximum idle time \(ReadableText.duration(idle)): "
        text +=
            isProven
            ? "that survived, and \(ReadableText.duration(failed)) did not. "
            : "half of \(ReadableText.duration(failed)), the shortest that failed"
                + (survival.survived > 0
                    ? "; up to \(ReadableText.duration(survival.longestSurvived)) survived. " : "; none survived. ")
        var measurements = [
            Measurement("maximum_idle", .duration(idle)), Measurement("shortest_failed", .duration(failed)),
            Measurement("longest_survived", .duration(survival.longestSurvived)),
            Measurement("keepalive_on", .count(survival.keepalive.on)),
            Measurement("keepalive_off", .count(survival.keepalive.off)),
            Measurement("keepalive_in_vain", .count(survival.keepalive.despite)),
        ]
        if survival.keepalive.despite > 0 {
            text +=
                "TCP keepalive does not help here: \(survival.keepalive.despite) of \(survival.failed) died although a probe was "
                + "due before."
        } else if idle < second {
            text += "TCP keepalive counts in whole seconds: too slow."
        } else {
            let keepalive = max(second, Duration.seconds(idle.components.seconds / 2))
            let seconds = keepalive.components.seconds
            text +=
                "Or TCP keepalive: TCP_KEEPIDLE and TCP_KEEPINTVL \(seconds) s (\(inForce(survival.keepalive, survival.failed)))."
            measurements.append(Measurement("keepalive", .duration(keepalive)))
        }
        return Advice(
            id: "keepalive-setting", subject: .endpoint(survival.endpoint), text: text, measurements: measurements)
    }

    private static func inForce(_ use: KeepaliveUse, _ failed: UInt64) -> String {
        var parts: [String] = []
        if use.on > 0 {
            var text = "on for \(use.on) of the \(failed) that died"
            if let shortest = use.shortestIdle, let longest = use.longestIdle {
                text += ", after \(ReadableText.duration(shortest))"
                if longest > shortest { text += " to \(ReadableText.duration(longest))" }
            } else {
                text += ", after the system's time"
            }
            parts.append(text)
        }
        if use.off > 0 { parts.append("off for \(use.off)\(use.on > 0 ? "" : " of the \(failed) that died")") }
        if use.unknown > 0 { parts.append("not known for \(use.unknown)") }
        return parts.isEmpty ? "not known" : parts.joined(separator: "; ")
    }
}
