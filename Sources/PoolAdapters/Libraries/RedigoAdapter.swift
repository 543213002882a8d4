// SPDX-License-Identifier: Apache-2.0
import TargetInspection

/// redigo's pool (redis/pool.go; 1.8 and 1.9).
///
///     func (p *Pool) GetContext(ctx context.Context) (Conn, error)
///     func (p *Pool) put(pc *poolConn, forceClose bool) error
///
/// `Get` calls `GetContext`. What it returns is an `activeConn`, made anew for each lease; its `pc`, the `poolConn` that
/// stays with the connection and that `put` gets, keys the lease. A second `Close` of the same `activeConn` does not
/// reach `put`.
struct RedigoAdapter: PoolAdapter {
    let name = "redigo"
    let module: String? = "github.com/gomodule/redigo"

    /// `activeConn.pc`.
    private static let poolConnection: UInt32 = 8

    let points = [
        AdapterPoint(
            .acquire_begin, "github.com/gomodule/redigo/redis.(*Pool).GetContext", at: .entry, pool: 0),
        AdapterPoint(
            .acquire_end, "github.com/gomodule/redigo/redis.(*Pool).GetContext", at: .returns, connection: 1,
            connectionPath: [poolConnection], error: 2),
        AdapterPoint(.release, "github.com/gomodule/redigo/redis.(*Pool).put", at: .entry, pool: 0, connection: 1),
    ]

    private static let package = "github.com/gomodule/redigo/redis"

    let keySteps = [KeyStep([GoField("pc", of: GoStructureName(package: package, name: "activeConn"))])]

    /// `poolConn.c`, redigo's own interface `Conn`.
    let chain = ConnectionChain.field(
        GoField("c", of: GoStructureName(package: package, name: "poolConn")), skipping: 0,
        otherwise: PointerHop(dereferenceOffsets: [], terminal: .interface(offset: 0)))

    /// As `Pool.Stats` has them. Without `Wait` there are no waits, and the pool counts none.
    func counters(_ fields: inout GoFieldResolver, goVersion: GoVersion?) -> (any PoolCounterReader)? {
        FieldCounters(
            of: GoStructureName(package: Self.package, name: "Pool"),
            [
                .open: "active", .idle: "idle.count", .maximumOpen: "MaxActive", .maximumIdle: "MaxIdle",
                .waitCount: "waitCount", .waitNanoseconds: "waitDuration",
            ], &fields)
    }
}
