// SPDX-License-Identifier: Apache-2.0
import TargetInspection

/// Where fields lie in `database/sql`'s `DB` (database/sql/sql.go), in bytes, by Go version; 64-bit. For programs that do
/// not tell it themselves.
///
/// Read from the DWARF of one program for each version. All counters are 64 bits wide.
struct SQLPoolLayout: Sendable, Equatable {
    /// `DB.waitDuration`: nanoseconds that acquires have waited in sum.
    let waitDuration: UInt32 = 0
    /// `len(DB.freeConn)`: idle connections.
    let idleCount: UInt32 = 48
    /// `DB.numOpen`.
    let openCount: UInt32
    /// `DB.maxIdleCount`: 0 stands for the default of 2, a negative number for none.
    let maximumIdle: UInt32
    /// `DB.maxOpen`: 0 or less is no limit.
    let maximumOpen: UInt32
    /// `DB.waitCount`.
    let waitCount: UInt32

    /// `nil`: not known for this version; only pool counters are lost.
    init?(version: GoVersion) {
        guard version.isTested else { return nil }
        // 1.23 made connRequests a struct of two words.
        let shift: UInt32 = version.minor >= 23 ? 8 : 0
        openCount = 80 + shift
        maximumIdle = 120 + shift
        maximumOpen = 128 + shift
        waitCount = 160 + shift
    }
}
