// SPDX-License-Identifier: Apache-2.0
import Diagnosis

extension Finding {
    /// The first number of this name in the evidence; `nil`: there is none.
    func number(_ name: String) -> Measurement.Value? {
        evidence.lazy.flatMap(\.measurements).first { $0.name == name }?.value
    }

    /// The same of a time; `nil`: there is none, or it is no time.
    func duration(_ name: String) -> Duration? {
        if case .duration(let duration)? = number(name) { duration } else { nil }
    }
}

extension RuleDecision {
    /// Why the rule was not evaluated; `nil`: it was.
    var reason: Reason? { if case .notEvaluated(let reason) = verdict { reason } else { nil } }
}
