// SPDX-License-Identifier: Apache-2.0

/// A receive or send, and what was true of its socket and lease when it returned.
struct IOEvent {
    let io: SocketIO
    let socket: SocketSlot
    /// As the system call returned it.
    let result: Int32
    let holder: HolderKey?
    /// The first of the leases that are open on the socket; -1: none.
    let lease: Int32
    /// What a receive left in the socket's queue.
    let queuedBytes: UInt32
    /// Nothing had been received on the socket before.
    let isFirstReceive: Bool
    /// When data was sent or received last before; 0: not yet, or the socket is accepted.
    let silentSince: UInt64
}
