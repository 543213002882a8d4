// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// How the connections to one endpoint fared after an idle time, so far: with the ends that belong together as the last group.
struct SurvivalState {
    private var settled: IdleSurvival
    private(set) var group: EndGroup?

    init(endpoint: Endpoint) { settled = IdleSurvival(endpoint: endpoint) }

    var longestSurvived: Duration { settled.longestSurvived }

    mutating func survived(_ length: Duration) {
        settled.survived &+= 1
        settled.longestSurvived = max(settled.longestSurvived, length)
    }

    /// Whether an end belongs to the last group. Ends come nearly in the order of time, so that the fewest moments explain all.
    func isExplained(heardAt: UInt64) -> Bool { group.map { heardAt <= $0.endedAt } ?? false }

    /// An end is met. What belongs to no group so far begins one.
    mutating func ended(heardAt: UInt64, at end: UInt64) {
        if isExplained(heardAt: heardAt) {
            let latest = max(group?.heardAt ?? 0, heardAt)
            group?.heardAt = latest
        } else {
            settle()
            group = EndGroup(heardAt: heardAt, endedAt: end, endpoint: settled.endpoint)
        }
    }

    mutating func outlive() { group?.isOutlived = true }
    mutating func noteOthers() { group?.hasOthers = true }
    mutating func update(_ change: (inout IdleSurvival) -> Void) {
        guard var changed = group else { return }
        change(&changed.failures)
        group = changed
    }

    private mutating func settle() {
        guard let group, group.failures.failed > 0 else { return }
        if group.hasOthers, !group.isOutlived {
            settled.explained &+= group.failures.failed
        } else {
            settled.add(group.failures, isOutlived: group.isOutlived)
        }
    }

    var summary: IdleSurvival {
        var copy = self
        copy.settle()
        return copy.settled
    }
}
