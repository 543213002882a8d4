// SPDX-License-Identifier: Apache-2.0

extension RuleDecision {
    /// What was cut off is in the verdict: a rule that reads it is not clean, and its findings may not be all.
    mutating func limit(_ rule: any Rule, by cutOffs: [CutOff]) {
        let missing = cutOffs.filter { rule.cutOffs.contains($0.kind) }.map(\.reason)
        let illustrations = cutOffs.filter { rule.illustrationCutOffs.contains($0.kind) }.map(\.reason)
        switch verdict {
        case .clean:
            guard let first = missing.first else { return }
            verdict = .notEvaluated(reason: first)
            caveats += missing.dropFirst()
        case .findings:
            caveats += missing + illustrations
        case .notEvaluated, .disabled: break
        }
    }
}
