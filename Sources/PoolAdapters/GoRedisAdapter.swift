// SPDX-License-Identifier: Apache-2.0
import TargetInspection

/// go-redis version 9 (internal/pool/pool.go; 9.7 to 9.22).
///
///     func (p *ConnPool) Get(ctx context.Context) (*Conn, error)
///     func (p *ConnPool) Put(ctx context.Context, cn *Conn)
///     func (p *ConnPool) Remove(ctx context.Context, cn *Conn, reason error)
///
/// A lease ends with `Put`, or with `Remove` when the connection is bad. Up to 9.7 `Put` may call `Remove`, and `Remove`
/// may be called for connections that nobody leased: it is taken as a close, which ends a lease if there is one.
/// Connections for publish and subscribe are not taken from the pool and are not leases.
struct GoRedisAdapter: PoolAdapter {
    let name = "go-redis v9"
    let module: String? = "github.com/redis/go-redis/v9"

    private static let pool = "github.com/redis/go-redis/v9/internal/pool"

    let points = [
        AdapterPoint(.acquire_begin, "\(pool).(*ConnPool).Get", at: .entry, pool: 0),
        AdapterPoint(.acquire_end, "\(pool).(*ConnPool).Get", at: .returns, connection: 0, error: 1),
        AdapterPoint(.release, "\(pool).(*ConnPool).Put", at: .entry, pool: 0, connection: 3),
        AdapterPoint(.connection_close, "\(pool).(*ConnPool).Remove", at: .entry, pool: 0, connection: 3),
        AdapterPoint(
            .connection_close, "\(pool).(*ConnPool).RemoveWithoutTurn", at: .entry, pool: 0, connection: 3,
            isOptional: true),
    ]

    /// `Conn.netConn` is a `net.Conn` in 9.7, and in 9.22 an `atomic.Value` elsewhere.
    let walk = ConnectionWalk.structure(name: "pool.Conn", package: pool)

    /// As `ConnPool.Stats` has them, but for connections for publish and subscribe, which are not of the pool.
    func counters(_ fields: inout GoFieldResolver, goVersion: GoVersion?) -> (any PoolCounterReader)? {
        FieldCounters(
            of: GoStructureName(package: Self.pool, name: "ConnPool"),
            [
                .open: "poolSize", .idle: "idleConnsLen", .maximumOpen: "cfg.PoolSize",
                .maximumIdle: "cfg.MaxIdleConns", .waitCount: "stats.WaitCount", .waitNanoseconds: "waitDurationNs",
            ], &fields
        ) { counters in
            if counters.maximumIdle == 0 { counters.maximumIdle = -1 }  // no limit
        }
    }
}
