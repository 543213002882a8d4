// SPDX-License-Identifier: Apache-2.0
import TraceModel

extension Core {
    /// A receive or send on a socket that no lease is joined to: it may be that of a lease of the same holder.
    mutating func witness(_ io: SocketIO, _ slot: Int32, by holder: HolderKey) {
        var lease = leases.first(of: holder) ?? -1
        if lease < 0 { return }
        let (inode, path) = (sockets[slot].inode, sockets[slot].path)
        while lease >= 0 {
            if leases[lease].witnessInode == 0 { leases[lease].witnessInode = inode }
            if leases[lease].witnessInode != inode { leases[lease].isWitnessAmbiguous = true }
            if leases[lease].join == .none { _ = leases[lease].note(io, by: holder, path) }
            lease = leases[lease].nextOfHolder
        }
    }
}
