// SPDX-License-Identifier: Apache-2.0

/// A lease that has just ended and is booked as returned, until its connection is seen to be closed.
struct ReleasedLease {
    /// A connection that is closed later than this after its release, was returned before. `database/sql` closes in the
    /// release itself, after the statements of the connection (DB.putConn in database/sql/sql.go).
    static let window: UInt64 = 1_000_000_000

    var pool: Int32
    /// Who released it: a close by someone else is that of an idle connection.
    var holder: HolderKey?
    var at: UInt64
    var hasError: Bool
    /// Its place in the queue of ended leases; `nil`: they are not kept.
    var sequence: UInt64?
}
