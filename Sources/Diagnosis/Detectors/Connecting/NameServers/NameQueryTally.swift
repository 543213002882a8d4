// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// Queries and their answers, of a server or of one name, so far.
struct NameQueryTally {
    var queries: UInt64 = 0
    var unanswered: UInt64 = 0
    var absent: UInt64 = 0
    var failures: UInt64 = 0
    var truncated: UInt64 = 0
    var firstUnanswered: EventMark?
    private var latency = LogHistogram()

    mutating func add(_ answer: DNSMessage, after time: UInt64) {
        latency.add(time)
        if answer.isTruncated { truncated &+= 1 }
        if answer.responseCode == 3 { absent &+= 1 } else if answer.responseCode != 0 { failures &+= 1 }
    }

    mutating func addUnanswered(_ query: NameQuery) {
        unanswered &+= 1
        if firstUnanswered == nil { firstUnanswered = query.mark }
    }

    func summary(server: Endpoint?, names: [NameQuerySummary]) -> NameServerSummary {
        var summary = NameServerSummary(server: server)
        summary.queries = queries
        summary.unanswered = unanswered
        summary.absent = absent
        summary.failures = failures
        summary.truncated = truncated
        summary.latency = latency.statistics
        summary.names = names
        summary.firstUnanswered = firstUnanswered?.reference
        return summary
    }

    func summary(name: String) -> NameQuerySummary {
        NameQuerySummary(
            name: name, queries: queries, unanswered: unanswered, absent: absent, latency: latency.statistics)
    }
}
