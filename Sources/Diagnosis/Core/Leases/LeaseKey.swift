// SPDX-License-Identifier: Apache-2.0

/// What a release knows of its lease.
struct LeaseKey: Hashable, SlotKey {
    var adapterID: UInt32
    var connection: UInt64

    var words: (UInt64, UInt64) { (connection, UInt64(adapterID)) }
}
