// SPDX-License-Identifier: Apache-2.0

/// How much a pool is in use at one moment.
struct PoolLevel {
    /// Open leases.
    let inUse: UInt64
    /// Acquires that have begun and not ended.
    let waiters: UInt64
    /// Open leases, and connections that are being made.
    let occupied: UInt64
}
