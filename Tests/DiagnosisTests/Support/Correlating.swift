// SPDX-License-Identifier: Apache-2.0
import Diagnosis
import TraceModel
import TraceScripts

/// Records in an order that no script would give.
struct Correlating {
    private var analyzer = TraceAnalyzer()

    mutating func run(_ script: TraceScript, _ records: [TraceRecord]) -> TraceAnalysis {
        script.metadata.forEach { analyzer.consume($0) }
        for record in records { analyzer.consume(record) }
        analyzer.finish()
        return analyzer.analysis()
    }
}
