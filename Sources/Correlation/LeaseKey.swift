// SPDX-License-Identifier: Apache-2.0

/// What a release knows of its lease.
struct LeaseKey: Hashable {
    var adapterID: UInt32
    var connection: UInt64
}
