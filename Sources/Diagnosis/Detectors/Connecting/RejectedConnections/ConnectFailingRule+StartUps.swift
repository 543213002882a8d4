// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// Connections that are made and then turned away: the server has as many as it allows, or does not know the user.
extension ConnectFailingRule {
    /// What a start-up that ended is known by.
    private static let startUpRecords: Set<RecordKind> = [
        .socketOpen, .socketIO, .socketClose, .poolAcquireBegin, .poolAcquireEnd,
    ]

    func startUpFindings(_ analysis: TraceAnalysis, _ thresholds: Thresholds) -> [Finding] {
        analysis.results[RejectedConnections.self].items.filter { $0.count >= thresholds[ConnectFailingRule.failures] }
            .map {
                finding($0, analysis)
            }
    }

    /// What keeps start-ups that ended from being known.
    func startUpCaveats(_ analysis: TraceAnalysis) -> [Reason] {
        let lost = analysis.lost(Self.startUpRecords, since: analysis.startedAt)
        if analysis.pools.isEmpty || lost == 0 { return [] }
        return [
            .recordsLost(
                "Rejected connections may be missing: poolscope lost \(ReadableText.count(lost, "record")) of them.")
        ]
    }

    private func finding(_ startUp: EndedStartUp, _ analysis: TraceAnalysis) -> Finding {
        let pool = analysis.pools.first { $0.id == startUp.pool }?.name ?? "a pool"
        let errors = startUp.errors.map { "\($0.name) \($0.count)" }.joined(separator: ", ")
        let dialled = startUp.count &+ startUp.successes
        var sentence =
            "\(startUp.count) of \(ReadableText.count(dialled, "new connection")) of \(pool) \(startUp.count == 1 ? "was" : "were") closed right after a reply "
            + "of the server, before any lease, and the acquire returned an error: \(errors)"
        var numbers = [
            Measurement("ended_in_start_up", .count(startUp.count)), Measurement("new_connections", .count(dialled)),
            Measurement("leased", .count(startUp.successes)),
        ]
        if let atFirst = startUp.connectionsAtFirst, let atLast = startUp.connectionsAtLast {
            sentence +=
                "; the process had \(ReadableText.count(atFirst, "other connection")) to the server when the first one ended, "
                + "and \(atLast) when the last did"
            numbers += [
                Measurement("connections_at_first", .count(atFirst)),
                Measurement("connections_at_last", .count(atLast)),
            ]
        }
        let events = Set([startUp.firstExchange, startUp.first, startUp.lastExchange, startUp.last])
        return Finding(
            rule: id, severity: startUp.isLastFailed ? .warning : .note,
            confidence: Confidence(
                .high, because: "an error followed each reply; poolscope does not record what the server replied"),
            headline: "The server rejected \(ReadableText.count(startUp.count, "new connection"))",
            subject: .endpoint(startUp.endpoint), firstSeen: startUp.first.timestamp, lastSeen: startUp.last.timestamp,
            count: startUp.count,
            evidence: [
                Evidence(sentence + ".", measurements: numbers, events: events.sorted { $0.ordinal < $1.ordinal })
            ],
            stack: startUp.stack, advice: Self.advice(startUp, pool))
    }

    private static func advice(_ startUp: EndedStartUp, _ pool: String) -> String {
        let why =
            "Read the error that the acquire returns, or the log of \(startUp.endpoint), to see why it rejects connections"
        guard startUp.successes > 0 || startUp.connectionsAtFirst ?? 0 > 0 else {
            return why + ": a wrong user, password or database, or a server that is full or still starting."
        }
        return why
            + ": it accepts others, so it is probably at its limit (max_connections, maxclients). Set a maximum of open "
            + "connections for \(pool), so that the pools of all clients together stay below that limit."
    }
}
