// SPDX-License-Identifier: Apache-2.0
import Diagnosis
import TraceModel
import TraceScripts

/// The whole way from records to a report.
func report(_ script: TraceScript, _ thresholds: Thresholds = Thresholds()) -> Report {
    var analyzer = TraceAnalyzer(script.metadataWithEnd, thresholds: thresholds)
    for record in script.records { analyzer.consume(record) }
    analyzer.finish()
    return RuleRegistry.report(on: analyzer.analysis(), thresholds: thresholds)
}
