// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// MongoDB's driver, version 1 (x/mongo/driver/topology/pool.go; 1.8 and 1.17). Each server has a pool.
///
///     func (p *pool) checkOut(ctx context.Context) (conn *connection, err error)
///     func (p *pool) checkIn(conn *connection) error
///     func (p *pool) closeConnection(conn *connection) error
///
/// A lease is one operation; of a cursor or a transaction only behind a load balancer. A connection without an answer yet
/// is checked in all the same, and read on in a goroutine of the pool (1.17). The driver's monitors have connections of
/// their own, which are not leases.
struct MongoDBAdapter: PoolAdapter {
    let name = "mongo-driver"
    let module: String? = "go.mongodb.org/mongo-driver"
    /// The connection of an operation that was given up is closed in the background.
    let traits = PoolTraits(closesToCancel: true)

    private static let package = "go.mongodb.org/mongo-driver/x/mongo/driver/topology"

    let points = [
        AdapterPoint(.acquire_begin, "\(package).(*pool).checkOut", at: .entry, pool: 0),
        AdapterPoint(.acquire_end, "\(package).(*pool).checkOut", at: .returns, connection: 0, error: 1),
        AdapterPoint(.release, "\(package).(*pool).checkIn", at: .entry, pool: 0, connection: 1),
        AdapterPoint(.connection_close, "\(package).(*pool).closeConnection", at: .entry, pool: 0, connection: 1),
    ]

    /// `connection.nc`.
    let chain = ConnectionChain.structure(name: "topology.connection", package: package)
}
