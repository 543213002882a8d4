// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// Leases of one pool that ended on connections to one endpoint.
struct PoolEndpoint {
    let endpoint: Endpoint
    var leases: UInt64 = 0
    /// The ends of the first and the last of them; where the socket was closed in use, the begin.
    let first: EventMark
    var last: EventMark
}
