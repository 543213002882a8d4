// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import TraceModel

/// Sockets are closed, and the descriptors that refer to them.
extension Correlator {
    mutating func take(_ record: ps_socket_close, _ ordinal: UInt64) {
        guard let socket = core.sockets.slot(inode: record.socket_inode, key: record.socket_key) else { return }
        core.noteSocketClose(socket, by: record.header, EventMark(record.header, ordinal: ordinal))
        detectors.socketClosing(record, core.sockets.slot(socket), ordinal, core)
        close(socket, at: record.header.timestamp_ns)
    }

    mutating func take(_ record: ps_descriptor_open) {
        let replaced = core.sockets.slot(descriptor: record.descriptor)
        let socket = core.sockets.enter(inode: record.socket_inode, at: record.header.timestamp_ns)
        core.sockets.refer(record.descriptor, to: socket)
        if let replaced, replaced != socket { closeIfUnreferred(replaced, at: record.header.timestamp_ns) }
    }

    mutating func take(_ record: ps_descriptor_close, _ ordinal: UInt64) {
        guard let socket = core.sockets.unrefer(record.descriptor) else { return }
        if !core.isSocketCloseTraced, core.sockets[socket].descriptorCount <= 0 {
            core.noteSocketClose(socket, by: record.header, EventMark(record.header, ordinal: ordinal))
        }
        if core.isSocketCloseByCall {
            closeUnreferred(before: record.header.timestamp_ns)
            core.noteUnreferred(socket, by: record, ordinal)
        }
        closeIfUnreferred(socket, at: record.header.timestamp_ns)
    }

    private mutating func closeIfUnreferred(_ socket: Int32, at now: UInt64) {
        if !core.isSocketCloseTraced, core.sockets[socket].descriptorCount <= 0 { close(socket, at: now) }
    }

    /// Those that nothing refers to any more are closed, as if that had been recorded. Asked before what a socket's end
    /// changes: a new socket, a lease, its end.
    ///
    /// - Parameter thread: see `Core.takeUnreferred`.
    mutating func closeUnreferred(before now: UInt64, by thread: UInt32 = 0) {
        if core.unreferred.isEmpty { return }
        for gone in core.takeUnreferred(before: now, by: thread) {
            if let record = core.missingClose(of: gone) { take(record, gone.ordinal) }
        }
    }

    /// The socket is gone: its sums go to its endpoint, and what its leases must know of it stays with them.
    mutating func close(_ socket: Int32, at now: UInt64) {
        // While all is there: the leases, how the connection was made, and that it is counted.
        let peers = detectors.socketGone(core.sockets.slot(socket), at: now, core)
        if let peers { core.endpoints.add(peers, isOpen: false) }
        core.countConnected(socket, isOpen: false)
        var last = core.summary(ofSocket: socket)
        last.closedAt = MonotonicInstant(nanoseconds: now)
        while core.sockets[socket].firstLease >= 0 {
            let lease = core.sockets[socket].firstLease
            core.leases.setClosedSocket(last, of: lease)
            core.leases[lease].wasSocketOlder = core.sockets[socket].isOlderThanTrace
            if let remote = last.remote {
                core.pools[Int(core.leases[lease].pool)].note(
                    endpoint: remote, hint: &core.sockets[socket].use.endpointHint, at: core.leases[lease].acquired)
            }
            core.unlinkFromSocket(lease)
        }
        core.forgetConnections(ofSocket: last.id.inode)
        core.remove(socket)
    }
}
