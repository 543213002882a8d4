// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// Where the time of late answers went, as far as this side of the wire can tell.
struct LateCauses {
    private let endpoint: Endpoint
    private let late: UInt64
    private let resent: UInt64
    private let unread: UInt64
    private let waited: UInt64
    /// The requests are those of known call sites.
    private let isOfSites: Bool
    private let analysis: TraceAnalysis

    init(_ kinds: [ResponseTimes], to endpoint: Endpoint, in analysis: TraceAnalysis) {
        self.endpoint = endpoint
        self.analysis = analysis
        isOfSites = kinds.allSatisfy { $0.stack != nil }
        late = kinds.reduce(0) { $0 &+ $1.late }
        resent = kinds.reduce(0) { $0 &+ $1.resent }
        unread = kinds.reduce(0) { $0 &+ $1.unread }
        waited = kinds.reduce(0) { $0 &+ $1.waited }
    }

    private var silent: UInt64 { late &- min(late, resent) }

    func confidence(lost: UInt64) -> Confidence {
        if lost > 0 {
            return Confidence(
                .unproven, because: "the trace lacks \(ReadableText.count(lost, "record")) of I/O, which may be answers"
            )
        }
        if resent * 2 > late { return Confidence(.high, because: "the kernel had to send most of the late ones again") }
        if !isOfSites {
            return Confidence(
                .unproven,
                because: "no lease shows which call sites sent them: the requests may be of different kinds")
        }
        return Confidence(
            .medium, because: "the requests have similar sizes; poolscope does not record what they ask for")
    }

    var evidence: Evidence {
        var parts: [String] = []
        if resent > 0 {
            parts.append(
                "The kernel sent \(resent) of the \(late) late ones again before the answer came: the network lost them."
            )
        }
        if silent > 0 { parts.append(silence) }
        if waited > 0 { parts.append("\(waited) of them had waited for the pool first.") }
        if unread > 0 {
            parts.append(
                "\(ReadableText.count(unread, "answer")) stayed in the socket for long before the program read them: see receive-backlog."
            )
        }
        var measurements = [
            Measurement("late_resent", .count(resent)), Measurement("late_silent", .count(silent)),
            Measurement("late_after_pool_wait", .count(waited)), Measurement("unread", .count(unread)),
        ]
        let way = analysis.endpoints.first { $0.endpoint == endpoint && !$0.isAccepting }?.roundTrip
        if let way {
            parts.append(
                "The smoothed network round trip was at most \(ReadableText.duration(way)) at the snapshots.")
            measurements.append(Measurement("way", .duration(way)))
        }
        return Evidence(parts.joined(separator: " "), measurements: measurements)
    }

    private var silence: String {
        let isTold =
            analysis.isTraced(.socketRetransmit)
            && analysis.lost([.socketRetransmit], since: analysis.startedAt) == 0
        guard isTold else { return "The trace may lack some retransmits." }
        return (resent > 0 ? "The kernel sent none of the others again" : "The kernel sent nothing again meanwhile")
            + ": the peer was slow, or the network lost its answer."
    }

    var advice: String {
        if resent * 2 > late {
            return
                "Look at the network path to \(endpoint): it loses segments, and each one costs a retransmission timeout of "
                + "0.2 s or more."
        }
        return
            "Look at what \(endpoint) does at these times: locks, disk writes, garbage collection, a busy CPU. Check also "
            + "whether this process lacked CPU time then."
    }
}
