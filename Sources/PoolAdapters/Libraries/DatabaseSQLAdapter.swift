// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import TargetInspection
import TraceModel

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
    /// `DB.waitCount` goes up where `DB.conn` puts a request into the queue, and nowhere else.
    let traits = PoolTraits(countsOnlyQueuedWaits: true)
    /// Drivers and mappers.
    let modules = [
        "github.com/lib/pq", "github.com/go-sql-driver/mysql", "github.com/jmoiron/sqlx", "github.com/mattn/go-sqlite3",
        "github.com/denisenkom/go-mssqldb", "github.com/microsoft/go-mssqldb", "github.com/XSAM/otelsql", "gorm.io",
        "entgo.io", "github.com/uptrace/bun",
    ]

    let points = [
        AdapterPoint(.acquire_begin, "database/sql.(*DB).conn", at: .entry, pool: 0),
        AdapterPoint(.acquire_end, "database/sql.(*DB).conn", at: .returns, connection: 0, error: 1),
        AdapterPoint(.release, "database/sql.(*DB).putConn", at: .entry, pool: 0, connection: 1, error: 2),
        AdapterPoint(.connection_close, "database/sql.(*driverConn).finalClose", at: .entry, connection: 0),
    ]

    /// `driverConn.ci`, the driver's connection.
    let chain = ConnectionChain.field(
        GoField("ci", of: GoStructureName(package: "database/sql", name: "driverConn")), skipping: 0,
        otherwise: PointerHop(dereferenceOffsets: [], terminal: .interface(offset: 40)))

    /// As `DB.Stats` has them.
    func counters(_ fields: inout GoFieldResolver, goVersion: GoVersion?) -> (any PoolCounterReader)? {
        let table = goVersion.flatMap { SQLPoolLayout(version: $0) }
        return FieldCounters(
            of: GoStructureName(package: "database/sql", name: "DB"),
            [
                .open: "numOpen", .idle: "freeConn.len", .maximumOpen: "maxOpen", .maximumIdle: "maxIdleCount",
                .waitCount: "waitCount", .waitNanoseconds: "waitDuration",
            ], &fields,
            table: table.map {
                [
                    .open: $0.openCount, .idle: $0.idleCount, .maximumOpen: $0.maximumOpen,
                    .maximumIdle: $0.maximumIdle, .waitCount: $0.waitCount, .waitNanoseconds: $0.waitDuration,
                ]
            } ?? [:], tableOf: goVersion
        ) { counters in
            counters.maximumOpen = max(0, counters.maximumOpen)
            switch counters.maximumIdle {
            case 0: counters.maximumIdle = 2  // defaultMaxIdleConns
            case ..<0: counters.maximumIdle = 0
            default: break
            }
        }
    }
}
