// SPDX-License-Identifier: Apache-2.0

/// A lease ends. It is still there, and its socket linked to it.
struct LeaseEnd {
    let lease: LeaseSlot
    let pool: Int32
    let site: Int32
    let at: UInt64
    /// `nil`: it ended at an unknown earlier time.
    let hold: UInt64?
}
