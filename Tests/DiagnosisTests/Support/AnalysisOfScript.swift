// SPDX-License-Identifier: Apache-2.0
import Diagnosis
import TraceModel
import TraceScripts

extension TraceScript {
    /// What an analyzer makes of the script, read to its end.
    func analyzed(_ thresholds: Thresholds = Thresholds()) -> TraceAnalysis {
        var analyzer = TraceAnalyzer(metadataWithEnd, thresholds: thresholds)
        for record in records { analyzer.consume(record) }
        analyzer.finish()
        return analyzer.analysis()
    }
}
