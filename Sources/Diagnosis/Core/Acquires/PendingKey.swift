// SPDX-License-Identifier: Apache-2.0

/// A holder can wait in two libraries at once, where one is built on the other (`database/sql` over pgxpool).
struct PendingKey: SlotKey {
    var holder: HolderKey
    var adapterID: UInt32

    var words: (UInt64, UInt64) { (holder.raw, UInt64(adapterID)) }
}
