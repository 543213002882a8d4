// SPDX-License-Identifier: Apache-2.0
import Diagnosis
import TraceModel
import TraceScripts

/// The whole way from records to a report.
func report(_ script: TraceScript, _ thresholds: Thresholds = Thresholds()) -> Report {
    var correlator = Correlator(thresholds: thresholds)
    script.metadata.forEach { correlator.consume($0) }
    for (ordinal, record) in script.records.enumerated() { correlator.consume(record, ordinal: UInt64(ordinal)) }
    if let end = script.end { correlator.consume(.end(end)) }
    correlator.finish()
    return RuleRegistry.report(on: correlator.analysis(), thresholds: thresholds)
}
