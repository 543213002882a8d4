// SPDX-License-Identifier: Apache-2.0
import Diagnosis
import TraceModel

/// What was asked of name servers, as JSON.
enum NameServerJSON {
    static func value(_ server: NameServerSummary, in analysis: TraceAnalysis) -> JSONValue {
        [
            "server": JSONValue(server.server?.description), "queries": .unsigned(server.queries),
            "unanswered": .unsigned(server.unanswered), "no_such_name": .unsigned(server.absent),
            "failures": .unsigned(server.failures), "truncated": .unsigned(server.truncated),
            "latency": PoolJSON.statistics(server.latency),
            "first_unanswered": FindingJSON.event(server.firstUnanswered, analysis),
            "names": .array(server.names.map(name)),
        ]
    }

    private static func name(_ name: NameQuerySummary) -> JSONValue {
        [
            "name": .string(name.name), "queries": .unsigned(name.queries), "unanswered": .unsigned(name.unanswered),
            "no_such_name": .unsigned(name.absent), "latency": PoolJSON.statistics(name.latency),
        ]
    }
}
