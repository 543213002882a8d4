// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import TraceModel

/// Which reads would wait for ever.
extension Correlator {
    private static let waitingReadLimit = 256

    mutating func take(_ record: ps_deadline) {
        guard UInt32(record.mode) & PS_DEADLINE_READ != 0 else { return }
        let socket = core.sockets.enter(inode: record.socket_inode, at: record.header.timestamp_ns)
        core.sockets[socket].readDeadline = record.is_cleared != 0 ? ReadDeadline.none : .armed
    }

    /// What is known of the deadline of a socket's reads.
    ///
    /// `nil`: no call was seen, and the socket is older than the trace or its deadlines are not recorded; or a call may be
    /// missing.
    func readDeadline(of socket: SocketState) -> ReadDeadline? {
        guard core.plan?.runtimeCalls?.contains(where: { $0.delivers(.deadline) }) ?? false,
            !core.losses.windows.contains(where: { !$0.isStackOnly && ($0.kind == nil || $0.kind == .deadline) })
        else { return nil }
        return socket.readDeadline ?? (socket.bornAt != 0 ? ReadDeadline.none : nil)
    }

    func addWaitingReads(to analysis: inout TraceAnalysis) {
        var reads: [(mark: EventMark, slot: Int32)] = []
        for slot in core.sockets.live {
            if let mark = core.sockets[slot].waitingRead { reads.append((mark, slot)) }
        }
        analysis.endedFirstReads = detectors.endedReads
        reads.sort { $0.mark.ordinal < $1.mark.ordinal }
        analysis.unlistedWaitingReads = UInt64(max(0, reads.count - Self.waitingReadLimit))
        analysis.waitingReads = reads.prefix(Self.waitingReadLimit).map { read in
            WaitingRead(
                socket: summary(ofSocket: read.slot), event: read.mark.reference,
                deadline: readDeadline(of: core.sockets[read.slot]), isLeased: core.sockets[read.slot].firstLease >= 0)
        }
    }
}
