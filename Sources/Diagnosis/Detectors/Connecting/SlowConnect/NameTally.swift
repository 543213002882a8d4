// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// The look-ups of one name, so far.
struct NameTally {
    private var durations = LogHistogram()
    private var failures: UInt64 = 0

    mutating func add(_ duration: UInt64, hasFailed: Bool) {
        durations.add(duration)
        if hasFailed { failures &+= 1 }
    }

    func summary(name: String) -> NameLookupSummary {
        NameLookupSummary(name: name, lookups: durations.count, failures: failures, duration: durations.statistics)
    }
}
