// SPDX-License-Identifier: Apache-2.0

/// Where fields lie in `database/sql`'s `DB` and `driverConn` (database/sql/sql.go), in bytes, by Go version; 64-bit.
///
/// Read from the DWARF of one program for each version. All counters are 64 bits wide unless said.
public struct SQLPoolLayout: Sendable, Equatable {
    /// `DB.waitDuration`: nanoseconds that acquires have waited in sum.
    public let waitDuration: UInt32 = 0
    /// `len(DB.freeConn)`: idle connections.
    public let idleCount: UInt32 = 48
    /// `DB.numOpen`.
    public let openCount: UInt32
    /// `DB.closed`, one byte.
    public let isClosed: UInt32
    /// `DB.maxIdleCount`: 0 stands for the default of 2, a negative number for none.
    public let maximumIdle: UInt32
    /// `DB.maxOpen`: 0 or less is no limit.
    public let maximumOpen: UInt32
    /// `DB.maxLifetime`, `DB.maxIdleTime`: nanoseconds.
    public let maximumLifetime: UInt32
    public let maximumIdleTime: UInt32
    /// `DB.waitCount`.
    public let waitCount: UInt32

    /// `driverConn.db`.
    public let connectionPool: UInt32 = 0
    /// `driverConn.ci`: an interface, whose data word is 8 further.
    public let connectionInterface: UInt32 = 40
    /// `driverConn.inUse`, one byte.
    public let connectionInUse: UInt32 = 72

    /// `nil`: not known for this version; only pool counters and the walk to the socket are lost.
    public init?(version: GoVersion) {
        guard version.isTested else { return nil }
        // 1.23 made connRequests a struct of two words.
        let shift: UInt32 = version.minor >= 23 ? 8 : 0
        openCount = 80 + shift
        isClosed = 96 + shift
        maximumIdle = 120 + shift
        maximumOpen = 128 + shift
        maximumLifetime = 136 + shift
        maximumIdleTime = 144 + shift
        waitCount = 160 + shift
    }
}
