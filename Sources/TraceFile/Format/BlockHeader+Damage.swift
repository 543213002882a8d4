// SPDX-License-Identifier: Apache-2.0
import TraceModel

extension BlockHeader {
    /// This block as a damaged part of a file: its header still says what is lost.
    func damage(_ cause: DamagedRange.Cause, at offset: UInt64, records: UInt64?) -> DamagedRange {
        let end = offset + UInt64(TraceFormat.blockHeaderSize) + UInt64(storedLength)
        return DamagedRange(
            cause: cause, bytes: offset..<end, records: records,
            from: recordCount > 0 ? MonotonicInstant(nanoseconds: earliestNanoseconds) : nil,
            to: recordCount > 0 ? MonotonicInstant(nanoseconds: latestNanoseconds) : nil)
    }
}
