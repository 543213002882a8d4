// SPDX-License-Identifier: Apache-2.0
import TargetInspection
import TraceModel

/// The client of `net/http` (src/net/http/transport.go, Go 1.19 to 1.27), HTTP/1 only.
///
///     func (t *Transport) getConn(treq *transportRequest, cm connectMethod) (*persistConn, error)
///     func (t *Transport) tryPutIdleConn(pconn *persistConn) error
///     func (pc *persistConn) closeLocked(err error)
///
/// A lease is the use of a connection by one request: from `getConn` until the connection is offered to the idle ones,
/// which happens when the answer's body has been read to its end, or is closed. A body that nobody closes is a lease that
/// never ends. The connection's own goroutines give it back, and they do the I/O: leases are keyed by the `persistConn`.
///
/// A connection with `alt` set speaks HTTP/2 and serves many requests at once: it is not leased. A connection that was
/// dialled for a request which then got another is offered to the idle ones unused: it counts as a release without a
/// lease.
struct HTTPTransportAdapter: PoolAdapter {
    let name = "net/http"
    let module: String? = nil
    /// A long poll or a stream holds its connection in silence, and is well; nearly every Go program has this client.
    let isOnRequest = true
    /// One `Transport` serves every host, and closes the connection of a request that was given up.
    let traits = PoolTraits(closesToCancel: true, spreadsOverHosts: true)

    /// `persistConn.alt`.
    private static let alternative: UInt32 = 0

    let points = [
        AdapterPoint(.acquire_begin, "net/http.(*Transport).getConn", at: .entry, pool: 0),
        AdapterPoint(
            .acquire_end, "net/http.(*Transport).getConn", at: .returns, connection: 0, sharedOffset: alternative,
            error: 1),
        AdapterPoint(
            .release, "net/http.(*Transport).tryPutIdleConn", at: .entry, pool: 0, connection: 1,
            sharedOffset: alternative),
        AdapterPoint(
            .connection_close, "net/http.(*persistConn).closeLocked", at: .entry, connection: 0,
            sharedOffset: alternative),
    ]

    let sharedField: GoField? = GoField("alt", of: GoStructureName(package: "net/http", name: "persistConn"))

    let chain = ConnectionChain.structure(name: "http.persistConn", package: "net/http")

    /// Connections are counted by host, in maps; only how many are idle is said in one number, once one has been so.
    func counters(_ fields: inout GoFieldResolver, goVersion: GoVersion?) -> (any PoolCounterReader)? {
        FieldCounters(
            of: GoStructureName(package: "net/http", name: "Transport"),
            [.idle: "idleLRU.ll.len", .maximumIdle: "MaxIdleConns"], &fields
        ) { counters in
            if counters.maximumIdle == 0 { counters.maximumIdle = -1 }  // no limit
        }
    }
}
