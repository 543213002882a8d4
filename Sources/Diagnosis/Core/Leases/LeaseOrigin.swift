// SPDX-License-Identifier: Apache-2.0

/// What was known of a lease's connection when it was acquired.
struct LeaseOrigin {
    /// The how-manieth lease of the connection.
    var number: UInt64 = 1
    /// All leases of the connection are in the trace.
    var isWhole = false
    /// Of the connection, or of its socket as far as it was known.
    var firstSeen: UInt64 = .max
    /// The acquire opened or connected a socket itself.
    var isDialled = false
}
