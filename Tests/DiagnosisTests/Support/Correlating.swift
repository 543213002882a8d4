// SPDX-License-Identifier: Apache-2.0
import Diagnosis
import TraceModel
import TraceScripts

/// Records in an order that no script would give.
struct Correlating {
    private var correlator = Correlator()

    mutating func run(_ script: TraceScript, _ records: [TraceRecord]) -> TraceAnalysis {
        script.metadata.forEach { correlator.consume($0) }
        for (ordinal, record) in records.enumerated() { correlator.consume(record, ordinal: UInt64(ordinal)) }
        correlator.finish()
        return correlator.analysis()
    }
}
