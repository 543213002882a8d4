// SPDX-License-Identifier: Apache-2.0
public import TraceModel

/// The one way from a trace to its analysis: what the trace says of itself, its records in the order of time, what is
/// missing of it, and the end. The order is that of the calls' names, as here:
///
/// ```swift
/// var analyzer = TraceAnalyzer(description.metadata)
/// let summary = try reader.forEachInTimeOrder { analyzer.consume($0) }
/// analyzer.finish(losses: summary.lossRecords())
/// ```
public struct TraceAnalyzer: Sendable {
    /// For what only some callers want of it: ended leases one by one, or a copy to go another way.
    public var correlator: Correlator
    private var ordinal: UInt64 = 0

    /// - Parameter metadata: all that the trace says of itself, with its end; what of it a recording does not have yet is
    ///   for `consume`.
    public init(
        _ metadata: [TraceMetadata] = [], thresholds: Thresholds = Thresholds(), keepsEndedLeases: Bool = false
    ) {
        correlator = Correlator(thresholds: thresholds, keepsEndedLeases: keepsEndedLeases)
        for metadata in metadata { correlator.consume(metadata) }
    }

    public mutating func consume(_ metadata: TraceMetadata) { correlator.consume(metadata) }

    /// Takes the next record. Returns its number, by which findings refer to it.
    @discardableResult
    public mutating func consume(_ record: RecordView) -> UInt64 {
        correlator.consume(record, ordinal: ordinal)
        ordinal &+= 1
        return ordinal &- 1
    }

    public mutating func consume(_ record: TraceRecord) {
        correlator.consume(record, ordinal: ordinal)
        ordinal &+= 1
    }

    /// Closes the books, after the last record.
    ///
    /// - Parameter losses: what could not be read, as records.
    public mutating func finish(losses: [TraceRecord] = []) {
        for loss in losses { consume(loss) }
        correlator.finish()
    }

    public func analysis() -> TraceAnalysis { correlator.analysis() }
}
