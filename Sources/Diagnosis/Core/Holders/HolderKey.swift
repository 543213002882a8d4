// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import TraceModel

/// What tells one caller from another: the goroutine, or the thread where there is none.
struct HolderKey: Hashable, SlotKey {
    /// A goid, or a thread id with the top bit set: goids start at 1 and never reach it.
    let raw: UInt64

    var words: (UInt64, UInt64) { (raw, 0) }

    /// `nil`: the record was made in nobody's context.
    init?(_ header: ps_header) {
        if header.goroutine_id != 0 {
            raw = header.goroutine_id
        } else if header.thread_id != 0 {
            raw = 1 << 63 | UInt64(header.thread_id)
        } else {
            return nil
        }
    }
}

extension Holder {
    init(_ header: ps_header) { self.init(goroutineID: header.goroutine_id, threadID: header.thread_id) }
}
