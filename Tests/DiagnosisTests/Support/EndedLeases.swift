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
        var analyzer = TraceAnalyzer(metadataWithEnd, keepsEndedLeases: true)
        var leases: [LeaseSummary] = []
        for record in records { analyzer.correlator.foresee(record) }
        for (ordinal, record) in records.enumerated() {
            analyzer.consume(record)
            if UInt64(ordinal) % every == 0 { leases += analyzer.correlator.takeEndedLeases() }
        }
        analyzer.finish()
        return leases + analyzer.correlator.takeEndedLeases() + analyzer.analysis().openLeases
    }
}
