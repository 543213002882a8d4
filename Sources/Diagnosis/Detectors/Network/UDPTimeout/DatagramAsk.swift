// SPDX-License-Identifier: Apache-2.0

/// The request that is out on a connected datagram socket.
struct DatagramAsk {
    /// Its peer's number in the ledger; -1: not asked yet, -2: not looked at.
    var peer: Int32 = -1
    /// The send that nothing has come after; 0: none.
    var sentAt: UInt64 = 0
    var bytes: UInt32 = 0
}
