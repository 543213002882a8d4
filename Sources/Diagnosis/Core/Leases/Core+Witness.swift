// SPDX-License-Identifier: Apache-2.0
import TraceModel

extension Core {
    /// A receive or send on a socket that no lease is joined to, by the holder of a lease: it may be the lease's.
    ///
    /// - Returns: whether the lease takes it for its own, as no socket is known for it.
    mutating func witness(_ io: SocketIO, _ socket: Int32, of lease: Int32, by holder: HolderKey) -> Bool {
        let inode = sockets[socket].inode
        if leases[lease].witnessInode == 0 { leases[lease].witnessInode = inode }
        if leases[lease].witnessInode != inode { leases[lease].isWitnessAmbiguous = true }
        guard leases[lease].join == .none else { return false }
        _ = leases[lease].note(io, by: holder)
        return true
    }
}
