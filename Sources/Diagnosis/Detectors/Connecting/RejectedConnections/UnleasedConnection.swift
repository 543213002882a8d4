// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// A connection that this process dialled and closed right after an answer of the server, without a lease.
struct UnleasedConnection {
    let endpoint: Endpoint
    /// Who opened its socket.
    let holder: HolderKey?
    let bornAt: UInt64
    let closedAt: UInt64
    /// What was received or sent last.
    let lastExchange: EventMark
    /// Other TCP connections to the endpoint at that moment; `nil`: it is not TCP.
    let others: UInt64?
}
