// SPDX-License-Identifier: Apache-2.0
import CLinuxDiag
import CTraceRecords

/// The dump of Unix sockets: its request, and how an answer becomes a census record and names.
enum UnixDiagnosis {
    static var request: [UInt8] {
        var request = unix_diag_req()
        request.sdiag_family = 1  // AF_UNIX
        request.udiag_states = ~0
        request.udiag_show = UInt32(UDIAG_SHOW_NAME | UDIAG_SHOW_PEER | UDIAG_SHOW_ICONS | UDIAG_SHOW_RQLEN)
        return withUnsafeBytes(of: request) { Array($0) }
    }

    /// Takes in one socket of the host: its name in any case, the rest when the target holds it.
    static func resolve(
        _ payload: UnsafeRawBufferPointer, into sockets: inout ObservedSockets, names: inout UnixNames
    ) {
        guard let message = payload.value(at: 0, as: unix_diag_msg.self), message.udiag_ino != 0 else { return }
        let inode = UInt64(message.udiag_ino)
        names.see(inode)
        var queues = unix_diag_rqlen()
        for (type, value) in NetlinkAttributes(payload, after: MemoryLayout<unix_diag_msg>.size) {
            switch type {
            case UNIX_DIAG_NAME: names.setName(value, of: inode)
            case UNIX_DIAG_RQLEN: queues = value.value(at: 0, as: unix_diag_rqlen.self) ?? queues
            case UNIX_DIAG_PEER:
                guard sockets.contains(inode), let peer = value.value(at: 0, as: UInt32.self) else { continue }
                names.setPeer(UInt64(peer), of: inode)
            case UNIX_DIAG_ICONS:
                // The clients that this listener has not accepted yet: their peer has no inode so far.
                for offset in stride(from: 0, to: value.count, by: 4) {
                    guard let client = value.value(at: offset, as: UInt32.self) else { break }
                    if sockets.contains(UInt64(client)) { names.setPeer(inode, of: UInt64(client)) }
                }
            default: continue
            }
        }
        sockets.resolve(inode) { record in
            record.family = 1
            record.type = UInt16(message.udiag_type)
            record.state = UInt16(message.udiag_state)
            record.setQueues(receive: queues.udiag_rqueue, send: queues.udiag_wqueue)
        }
    }
}
