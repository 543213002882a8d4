// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
public import TraceModel

extension ReadSummary {
    /// The damage as losses, so that an analysis treats it like any other: no verdict rests on a window with a hole.
    ///
    /// A damaged part whose number of records is not known counts as one.
    public func lossRecords() -> [TraceRecord] {
        damagedRanges.map { range in
            var loss = ps_loss()
            loss.header.kind = RecordKind.loss.rawValue
            loss.header.timestamp_ns = (range.to ?? latest)?.nanoseconds ?? 0
            loss.window_start_ns = (range.from ?? earliest)?.nanoseconds ?? 0
            loss.count = range.records ?? 1
            loss.reason = ps_loss_reason.malformed.rawValue
            return .loss(loss)
        }
    }
}
