// SPDX-License-Identifier: Apache-2.0
import Diagnosis
import TraceModel
import TraceScripts

extension TraceScript {
    /// What a correlator makes of the script, read to its end.
    func analyzed(_ thresholds: Thresholds = Thresholds()) -> TraceAnalysis {
        var correlator = Correlator(thresholds: thresholds)
        metadata.forEach { correlator.consume($0) }
        if let end { correlator.consume(.end(end)) }
        for (ordinal, record) in records.enumerated() { correlator.consume(record, ordinal: UInt64(ordinal)) }
        correlator.finish()
        return correlator.analysis()
    }
}
