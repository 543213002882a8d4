// SPDX-License-Identifier: Apache-2.0
import Diagnosis
import TraceFile
import TraceModel

/// The analysis of a recording while it is made: what `analyze` does with the file, of the same records in the same order.
final class LiveAnalysis: TraceObserver {
    /// How long a record waits for earlier ones; as of a file.
    private static let lateness = Duration.seconds(1)

    private var sorter = RecordSorter(lateness: lateness)
    private var analyzer: TraceAnalyzer
    private let options: RuleOptions

    init(options: RuleOptions) {
        self.options = options
        analyzer = TraceAnalyzer(thresholds: options.thresholds)
    }

    func observe(kind: UInt16, bytes: UnsafeRawBufferPointer) {
        _ = sorter.insert(kind: kind, bytes: bytes) { analyzer.consume($0) }
    }

    func observe(_ metadata: TraceMetadata) { analyzer.consume(metadata) }

    /// What can be said until now. Records of the last second may still wait for earlier ones, and are not in it.
    ///
    /// - Parameter now: the monotonic clock.
    func report(at now: MonotonicInstant) -> Report {
        sorter.deliver { analyzer.consume($0) }
        var correlator = analyzer.correlator.copy()
        let waiting = min(now.nanoseconds, UInt64(Self.lateness.wholeNanoseconds))
        correlator.advance(to: MonotonicInstant(nanoseconds: now.nanoseconds - waiting))
        correlator.finish()
        return RuleRegistry.report(on: correlator.analysis(), options: options)
    }

    /// What is to be said of all of it, after the end.
    func finish() -> Report {
        sorter.finish { analyzer.consume($0) }
        analyzer.finish()
        return RuleRegistry.report(on: analyzer.analysis(), options: options)
    }
}
