// SPDX-License-Identifier: Apache-2.0
import CTraceRecords

/// Where the last audit found a lease's holder.
struct HolderPlace {
    /// 0: no stack.
    var stackID: Int32 = 0
    var waitReason: UInt16 = 0
    private var status: UInt16 = 0
    /// The first of the audits in a row that found it there.
    var since: UInt64 = 0

    private static let waiting: UInt16 = 4  // _Gwaiting

    mutating func note(_ record: ps_holder_state) {
        let reason = record.goroutine_status == Self.waiting ? record.wait_reason : 0
        let isSame =
            record.stack_id == stackID && reason == waitReason && record.goroutine_status == status && since != 0
        if !isSame { since = record.header.timestamp_ns }
        (stackID, waitReason, status) = (record.stack_id, reason, record.goroutine_status)
    }
}
