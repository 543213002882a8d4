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
                .unproven, because: "\(ReadableText.count(lost, "record")) of I/O are missing, maybe answers among them"
            )
        }
        if resent * 2 > late { return Confidence(.high, because: "most of the late ones had to be sent again") }
        if !isOfSites {
            return Confidence(
                .unproven,
                because: "no pool's lease says which call sites asked: requests of different work may be among them")
        }
        return Confidence(
            .medium, because: "the requests are of like size; what they ask, and how long that takes, is not recorded")
    }

    var evidence: Evidence {
        var parts: [String] = []
        if resent > 0 {
            parts.append("\(resent) of the \(late) late ones were sent again before they were answered: the network.")
        }
        if silent > 0 { parts.append(silence) }
        if waited > 0 { parts.append("\(waited) of them had waited for the pool before.") }
        if unread > 0 {
            parts.append(
                "Besides, \(ReadableText.count(unread, "answer")) lay in the socket for long: see receive-backlog.")
        }
        var measurements = [
            Measurement("late_resent", .count(resent)), Measurement("late_silent", .count(silent)),
            Measurement("late_after_pool_wait", .count(waited)), Measurement("unread", .count(unread)),
        ]
        let way = analysis.endpoints.first { $0.endpoint == endpoint && !$0.isAccepting }?.roundTrip
        if let way {
            parts.append(
                "The way there and back took \(ReadableText.duration(way)) at most, smoothed, at the censuses.")
            measurements.append(Measurement("way", .duration(way)))
        }
        return Evidence(parts.joined(separator: " "), measurements: measurements)
    }

    private var silence: String {
        let isTold =
            analysis.isTraced(.socketRetransmit)
            && analysis.lost([.socketRetransmit], since: analysis.startedAt) == 0
        guard isTold else { return "Whether all that was sent again was recorded is not certain." }
        return (resent > 0 ? "Of the others nothing was sent again" : "Nothing was sent again meanwhile")
            + ": the peer took its time, or its answer was lost on the way."
    }

    var advice: String {
        if resent * 2 > late {
            return
                "Look at the way to \(endpoint): segments are lost there, and each costs a retransmission timeout of "
                + "0.2 s or more."
        }
        return
            "Look at what \(endpoint) does at these times: locks, writes to disk, garbage collection, a busy processor; and "
            + "whether this process was short of processor time then."
    }
}
