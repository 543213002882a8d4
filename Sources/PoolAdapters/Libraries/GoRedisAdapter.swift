// SPDX-License-Identifier: Apache-2.0
import TargetInspection

/// go-redis version 8 and 9 (internal/pool/pool.go; 8.11, 9.7 to 9.22).
///
///     func (p *ConnPool) Get(ctx context.Context) (*Conn, error)
///     func (p *ConnPool) Put(ctx context.Context, cn *Conn)
///     func (p *ConnPool) Remove(ctx context.Context, cn *Conn, reason error)
///
/// A lease ends with `Put`, or with `Remove` when the connection is bad. Up to 9.7 `Put` may call `Remove`, and `Remove`
/// may be called for connections that nobody leased: it is taken as a close, which ends a lease if there is one.
/// Connections for publish and subscribe are not taken from the pool and are not leases.
struct GoRedisAdapter: PoolAdapter {
    let name: String
    let module: String?
    /// Of every version.
    let modules = ["github.com/redis/go-redis", "github.com/go-redis/redis"]
    let points: [AdapterPoint]
    /// `Conn.netConn` is a `net.Conn` in 8.11 and 9.7, and in 9.22 an `atomic.Value` elsewhere.
    let chain: ConnectionChain

    /// The first versions of 8 have no `ctx` in `Put` and `Remove`, so that the connection is in another register.
    private let knownVersions: String?
    private let package: String

    static let version9 = GoRedisAdapter(module: "github.com/redis/go-redis/v9", name: "go-redis v9")
    static let version8 = GoRedisAdapter(
        module: "github.com/go-redis/redis/v8", name: "go-redis v8", knownVersions: "v8.11.")

    private init(module: String, name: String, knownVersions: String? = nil) {
        self.name = name
        self.module = module
        self.knownVersions = knownVersions
        package = "\(module)/internal/pool"
        chain = .structure(name: "pool.Conn", package: package)
        points = [
            AdapterPoint(.acquire_begin, "\(package).(*ConnPool).Get", at: .entry, pool: 0),
            AdapterPoint(.acquire_end, "\(package).(*ConnPool).Get", at: .returns, connection: 0, error: 1),
            AdapterPoint(.release, "\(package).(*ConnPool).Put", at: .entry, pool: 0, connection: 3),
            AdapterPoint(.connection_close, "\(package).(*ConnPool).Remove", at: .entry, pool: 0, connection: 3),
            AdapterPoint(
                .connection_close, "\(package).(*ConnPool).RemoveWithoutTurn", at: .entry, pool: 0, connection: 3,
                isOptional: true),
        ]
    }

    func knows(version: String?) -> Bool {
        guard let knownVersions else { return true }
        return version?.hasPrefix(knownVersions) ?? false
    }

    /// As `ConnPool.Stats` has them, but for connections for publish and subscribe, which are not of the pool.
    func counters(_ fields: inout GoFieldResolver, goVersion: GoVersion?) -> (any PoolCounterReader)? {
        FieldCounters(
            of: GoStructureName(package: package, name: "ConnPool"),
            [
                .open: "poolSize", .idle: "idleConnsLen", .maximumOpen: "cfg.PoolSize",
                .maximumIdle: "cfg.MaxIdleConns", .waitCount: "stats.WaitCount", .waitNanoseconds: "waitDurationNs",
            ], &fields
        ) { counters in
            if counters.maximumIdle == 0 { counters.maximumIdle = -1 }  // no limit
        }
    }
}
