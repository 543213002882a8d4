// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import TraceModel

/// Sockets are opened, accepted, and change their state.
extension Correlator {
    private static let synSent: UInt16 = 2

    mutating func take(_ record: ps_socket_open, _ ordinal: UInt64) {
        if record.result < 0 { return }  // no socket came of it: evidence, not state
        let now = record.header.timestamp_ns
        closeUnreferred(before: now)
        closeForerunner(inode: record.socket_inode, at: now)
        core.enter(record, ordinal)
        noteDial(by: record.header)
    }

    mutating func take(_ record: ps_socket_accept, _ ordinal: UInt64) {
        detectors.acceptReturned(record, ordinal, core)
        guard record.result >= 0, record.socket_inode != 0 else { return }
        closeForerunner(inode: record.socket_inode, at: record.header.timestamp_ns)
        core.enter(record, ordinal)
    }

    private mutating func closeForerunner(inode: UInt64, at now: UInt64) {
        if let old = core.forerunner(inode: inode, at: now) { close(old, at: now) }
    }

    mutating func take(_ record: ps_socket_state, _ ordinal: UInt64) {
        guard let index = core.enter(record) else { return detectors.closedSocketChanged(record, ordinal, core) }
        let socket = core.sockets.slot(index)
        let mark = EventMark(record.header, ordinal: ordinal)
        let connectEnd = core.noteHandshake(record, index, mark)
        if record.old_state == Self.synSent { detectors.synSentLeft(socket, connectEnd: connectEnd, core) }
        if let silence = core.endedByPeer(record, index) {
            detectors.peerEnded(socket, silence: silence, mark, core)
        }
        noteConnecting(index, to: record.new_state, at: mark)
        if core.noteBirth(record, socket: index) { detectors.connected(socket, core) }
        setState(record.new_state, of: index, at: mark)
    }

    /// Also for what a census finds: then the state began before `mark`.
    mutating func setState(_ state: UInt16, of socket: Int32, at mark: EventMark) {
        let closeWait = core.setState(state, of: socket, at: mark)
        detectors.stateKnown(
            state, of: core.sockets.slot(socket), leftCloseWait: closeWait, at: mark.timestamp, core)
    }

    mutating func take(_ record: ps_socket_reset, _ ordinal: UInt64) {
        // Data after a close is reported as a reset received, too, but then the socket is not in the ledger any more.
        let socket = core.sockets.slot(inode: record.socket_inode, key: record.socket_key)
        detectors.connectionReset(record, ordinal, socket.map { core.sockets.slot($0) }, core)
    }

    mutating func take(_ record: ps_socket_retransmit, _ ordinal: UInt64) {
        guard let socket = core.sockets.slot(inode: record.socket_inode, key: record.socket_key) else { return }
        core.noteResent(record, socket)
        detectors.segmentResent(record, core.sockets.slot(socket), ordinal, core)
    }
}
