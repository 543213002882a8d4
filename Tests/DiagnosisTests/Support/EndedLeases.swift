// SPDX-License-Identifier: Apache-2.0
import Diagnosis
import CTraceRecords
import TraceModel
import TraceScripts

extension TraceScript {
    /// The leases that ended, in the order in which they are handed out, and those that did not.
    ///
    /// - Parameter every: Ended leases are taken after so many records.
    func leases(every: UInt64 = 1) -> [LeaseSummary] {
        var correlator = Correlator(keepsEndedLeases: true)
        var leases: [LeaseSummary] = []
        metadata.forEach { correlator.consume($0) }
        if let end { correlator.consume(.end(end)) }
        for record in records { correlator.foresee(record) }
        for (ordinal, record) in records.enumerated() {
            correlator.consume(record, ordinal: UInt64(ordinal))
            if UInt64(ordinal) % every == 0 { leases += correlator.takeEndedLeases() }
        }
        correlator.finish()
        return leases + correlator.takeEndedLeases() + correlator.analysis().openLeases
    }
}
