// SPDX-License-Identifier: Apache-2.0
public import TraceModel

/// Every rule. Help, documentation checks and reports derive from it.
public enum RuleRegistry {
    public static let all: [any Rule] = {
        let rules: [any Rule] = [
            LeaseLeakRule(), PoolExhaustedRule(), PoolWaitRule(), IdleHoldRule(), CloseWaitRule(),
            ConnectFailingRule(), ReconnectStormRule(), SocketLeakRule(), FdExhaustionRule(), HalfOpenRule(),
            UDPDropRule(), MassInvalidationRule(), IdleKilledRule(), PrematureTimeoutRule(), RetransmitsRule(),
        ]
        precondition(Set(rules.map(\.id)).count == rules.count, "two rules have one identifier")
        return rules
    }()

    /// Decides all rules.
    public static func report(on analysis: TraceAnalysis, thresholds: Thresholds = Thresholds()) -> Report {
        Report(analysis: analysis, decisions: all.map { $0.decide(analysis, thresholds) }, thresholds: thresholds)
    }
}
