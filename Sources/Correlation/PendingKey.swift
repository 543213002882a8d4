// SPDX-License-Identifier: Apache-2.0

/// A holder can wait in two libraries at once, where one is built on the other (`database/sql` over pgxpool).
struct PendingKey: Hashable {
    var holder: HolderKey
    var adapterID: UInt32
}
