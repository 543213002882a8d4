// SPDX-License-Identifier: Apache-2.0

/// A lease has got its socket.
struct LeaseJoin {
    let lease: LeaseSlot
    let socket: SocketSlot
    let pool: Int32
    /// The TCP state at the acquire, or what comes nearest to it; 0: not known, or no TCP.
    let state: UInt16
    /// The state was read at the acquire.
    let isStateRead: Bool
    /// When the peer had closed by the acquire; `nil`: it had not, or that is not in the trace.
    let peerClosedAt: UInt64?
}
