// SPDX-License-Identifier: Apache-2.0
import TargetInspection

/// `pgxpool`, the pool of pgx version 4 and 5 (pgxpool/pool.go and conn.go; v4.15, v5.10).
///
///     func (p *Pool) Acquire(ctx context.Context) (*Conn, error)
///     func (c *Conn) Release()
///     func (c *Conn) Hijack() *pgx.Conn      version 5, and only in programs that use it
///
/// Queries and transactions of the pool pass through both. `Conn` is a handle made anew for each lease, whose first word
/// points to puddle's `Resource`, which stays with the connection: a lease is keyed by that. `Release` clears it, so that
/// a second `Release` is seen to be none.
///
/// Both are built on puddle, whose pool takes and gives each connection as well: pgxpool's lease is the only one that is
/// recorded. `AcquireAllIdle` does not pass through `Acquire`: such a lease shows as a release without a lease.
struct PGXPoolAdapter: PoolAdapter {
    let name: String
    let module: String?
    let modules = ["github.com/jackc/pgx", "github.com/jackc/pgconn", "github.com/jackc/puddle"]
    let points: [AdapterPoint]
    let chain: ConnectionChain
    let keySteps: [KeyStep]
    private let package: String

    /// `Resource[*connResource]`: `value` -> `connResource.conn` -> `pgx.Conn.pgConn` -> `PgConn.conn`, all of them first.
    static let version5 = PGXPoolAdapter(
        version: 5, path: "value.conn.pgConn.conn",
        chain: PointerHop(dereferenceOffsets: [0, 0, 0], terminal: .interface(offset: 0)))
    /// `Resource.value` is of type `any`.
    static let version4 = PGXPoolAdapter(
        version: 4, path: "value", chain: PointerHop(dereferenceOffsets: [], terminal: .any(offset: 0)))

    /// - Parameter path: from puddle's `Resource`, which has type arguments in version 5, to the connection.
    private init(version: Int, path: String, chain: PointerHop) {
        let module = "github.com/jackc/pgx/v\(version)"
        let package = "\(module)/pgxpool"
        name = "pgxpool v\(version)"
        self.module = module
        self.package = package
        let handle = GoStructureName(package: package, name: "Conn")
        keySteps = [KeyStep([GoField("res", of: handle)])]
        self.chain = .field(GoField("res.\(path)", of: handle), skipping: 1, otherwise: chain)
        points = [
            AdapterPoint(.acquire_begin, "\(package).(*Pool).Acquire", at: .entry, pool: 0),
            AdapterPoint(
                .acquire_end, "\(package).(*Pool).Acquire", at: .returns, connection: 0, connectionPath: [0], error: 1),
            AdapterPoint(.release, "\(package).(*Conn).Release", at: .entry, connection: 0, connectionPath: [0]),
            AdapterPoint(
                .release, "\(package).(*Conn).Hijack", at: .entry, connection: 0, connectionPath: [0], isOptional: true),
        ]
    }

    func counters(_ fields: inout GoFieldResolver, goVersion: GoVersion?) -> (any PoolCounterReader)? {
        PuddleCounters(pgxpool: package, &fields)
    }
}
