// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// Leases of one pool that ended on connections to one endpoint.
struct PoolEndpoint {
    let endpoint: Endpoint
    var leases: UInt64 = 0
    /// When the first and the last of them ended.
    let first: UInt64
    var last: UInt64
}
