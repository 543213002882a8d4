// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import TargetInspection

/// Go's `database/sql`, whatever driver is under it (src/database/sql/sql.go, Go 1.19 to 1.27).
///
///     func (db *DB) conn(ctx context.Context, strategy connReuseStrategy) (*driverConn, error)
///     func (db *DB) putConn(dc *driverConn, err error, resetSession bool)
///     func (dc *driverConn) finalClose() error
///
/// Every lease passes through `conn` and `putConn`: queries, statements, transactions and `Conn` alike. A lease is keyed
/// by its `driverConn`, as a cancelled context releases from another goroutine.
struct DatabaseSQLAdapter: PoolAdapter {
    let name = "database/sql"
    let module: String? = nil

    let points = [
        AdapterPoint(.acquire_begin, "database/sql.(*DB).conn", at: .entry, pool: 0),
        AdapterPoint(.acquire_end, "database/sql.(*DB).conn", at: .returns, connection: 0, error: 1),
        AdapterPoint(.release, "database/sql.(*DB).putConn", at: .entry, pool: 0, connection: 1, error: 2),
        AdapterPoint(.connection_close, "database/sql.(*driverConn).finalClose", at: .entry, connection: 0),
    ]

    /// `driverConn.ci`, the driver's connection: at this offset in all these versions.
    let walk = ConnectionWalk.hop(WalkHop(dereferenceOffsets: [], terminal: .interface(offset: 40)))

    func counters(ofPoolAt address: UInt64, in memory: any ReadableMemory, goVersion: GoVersion) -> PoolCounters? {
        guard let layout = SQLPoolLayout(version: goVersion) else { return nil }
        func read(_ offset: UInt32) -> Int64? { memory.readInt64(address &+ UInt64(offset)) }
        guard let open = read(layout.openCount), let idle = read(layout.idleCount),
            let maximumOpen = read(layout.maximumOpen), let maximumIdle = read(layout.maximumIdle),
            let waitCount = read(layout.waitCount), let waited = read(layout.waitDuration)
        else { return nil }
        // Numbers that no pool has: this is not (or no longer) a DB.
        guard (0...1 << 24).contains(open), (0...1 << 24).contains(idle), waitCount >= 0 else { return nil }
        var counters = PoolCounters()
        counters.open = open
        counters.idle = idle
        counters.maximumOpen = max(0, maximumOpen)
        counters.maximumIdle = maximumIdle == 0 ? 2 : max(0, maximumIdle)  // defaultMaxIdleConns
        counters.waitCount = waitCount
        counters.waitNanoseconds = waited
        return counters
    }
}
