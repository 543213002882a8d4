// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// A socket in the words of findings and reports.
extension Core {
    /// A socket from before the trace was accepted when this process listens on its local port.
    func isAccepted(_ socket: Int32) -> Bool {
        if sockets[socket].isAccepted { return true }
        guard sockets[socket].bornAt == 0, let port = sockets[socket].local?.port else { return false }
        return listeningPorts.contains(port)
    }

    func isAccepted(_ socket: SocketSlot) -> Bool { isAccepted(socket.index) }

    func summary(ofSocket slot: SocketSlot) -> SocketSummary { summary(ofSocket: slot.index) }

    func summary(ofSocket slot: Int32) -> SocketSummary {
        let socket = sockets[slot]
        var summary = SocketSummary(
            id: socket.id, family: socket.family, protocolNumber: socket.protocolNumber, local: socket.local,
            remote: socket.remote, isAccepted: isAccepted(slot), descriptor: descriptor(of: slot),
            state: socket.state,
            receivedBytes: socket.receivedBytes, sentBytes: socket.sentBytes,
            lastActivity: socket.lastActivity?.reference,
            lastActivityByCensus: socket.lastActivityByCensus == 0
                ? nil : MonotonicInstant(nanoseconds: socket.lastActivityByCensus),
            receiveQueueBytes: socket.censusAt == 0 ? nil : socket.receiveQueueBytes,
            sendQueueBytes: socket.censusAt == 0 ? nil : socket.sendQueueBytes,
            openStack: socket.openStack < 0 ? nil : stacks.resolve(stackID: socket.openStack))
        summary.readDeadline = readDeadline(of: sockets.slot(slot))
        summary.closedWindows = socket.closedWindows
        return summary
    }

    /// The lowest descriptor; after the last was closed, the one that it had last.
    private func descriptor(of slot: Int32) -> Int32? {
        let descriptor = sockets[slot].descriptor
        if sockets[slot].descriptorCount > 1 || sockets.descriptors[descriptor] != slot {
            if let lowest = sockets.descriptors.keys(ofSlot: slot).min() { return lowest }
        }
        return descriptor >= 0 ? descriptor : nil
    }

    /// What is known of the deadline of a socket's reads.
    ///
    /// `nil`: no call was seen, and the socket is older than the trace or its deadlines are not recorded; or a call may be
    /// missing.
    func readDeadline(of socket: SocketSlot) -> ReadDeadline? {
        guard plan?.runtimeCalls?.contains(where: { $0.delivers(.deadline) }) ?? false,
            !losses.windows.contains(where: { !$0.isStackOnly && ($0.kind == nil || $0.kind == .deadline) })
        else { return nil }
        return sockets[socket].readDeadline ?? (sockets[socket].bornAt != 0 ? ReadDeadline.none : nil)
    }

    func stack(of site: SiteState) -> CallStack? {
        let point = points[site.key.pointID]
        var stack = stacks.resolve(site.key, pointAddress: point?.address)
        stack?.poolFunction = point?.function
        return stack
    }

    /// - Parameter site: -1: not known.
    func stack(ofSite site: Int32, pool: Int) -> CallStack? {
        site >= 0 ? stack(of: pools[pool].sites[Int(site)]) : nil
    }

    /// From `start` to `end`; zero, and counted, when `end` is earlier.
    mutating func elapsed(from start: UInt64, to end: UInt64) -> UInt64 {
        if end < start { irregularities.negativeIntervals &+= 1 }
        return end.elapsed(since: start)
    }
}

extension UInt64 {
    /// Of two moments in ns; zero when `start` is later.
    @inline(__always)
    func elapsed(since start: UInt64) -> UInt64 { self &- Swift.min(start, self) }
}
