// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// Reads that wait for the first byte of a connection: those that wait still, and those that waited long and then ended.
struct BlockedReader: Sendable {
    private static let tcp: UInt16 = 6
    private static let limit = 256

    /// The receive that found nothing and after which none has found anything.
    private var waiting = SocketColumn(EventMark?.none)
    /// Long waits for the first byte that ended, by endpoint.
    private var ended = BoundedTable<Endpoint, UInt64>(limit: 1024)
    /// A wait of at least this, in ns, was long.
    private let long: UInt64

    init(_ thresholds: Thresholds) { long = thresholds[BlockedReaderRule.age].clampedNanoseconds / 2 }

    /// - Parameter isFirst: Nothing had been received before.
    @inline(__always)
    mutating func dataMoved(_ event: IOEvent, isFirst: Bool, _ core: Core) {
        guard event.io.isReceive else { return }
        if event.io.isWouldBlock {
            if waiting[event.socket] == nil { waiting[event.socket] = event.io.mark }
        } else if waiting[event.socket] != nil {
            if isFirst { end(event.socket, at: event.io.mark.timestamp, core) }
            waiting[event.socket] = nil
        }
    }

    /// Data, the end of the stream or an error has come to a read, or its socket is closed.
    private mutating func end(_ socket: SocketSlot, at now: UInt64, _ core: Core) {
        guard let began = waiting[socket]?.timestamp, now > began, now - began >= long, isOwn(socket, core),
            let endpoint = core.sockets[socket].remote
        else { return }
        ended.update(endpoint, initial: 0) { $0 &+= 1 }
    }

    mutating func callsAggregated(_ socket: SocketSlot) { waiting[socket] = nil }

    mutating func socketGone(_ socket: SocketSlot, at now: UInt64, _ core: Core) {
        if core.sockets[socket].receivedBytes == 0 { end(socket, at: now, core) }
    }

    /// A connection that this process has opened in the trace.
    private func isOwn(_ socket: SocketSlot, _ core: Core) -> Bool {
        core.sockets[socket].bornAt != 0 && core.sockets[socket].protocolNumber == Self.tcp
            && !core.sockets[socket].isAccepted
    }

    func addResult(to analysis: inout TraceAnalysis, _ core: Core) {
        var reads: [(mark: EventMark, socket: SocketSlot)] = []
        for socket in core.sockets.all {
            if let mark = waiting[socket] { reads.append((mark, socket)) }
        }
        analysis.endedFirstReads = ended.values
        reads.sort { $0.mark.ordinal < $1.mark.ordinal }
        analysis.unlistedWaitingReads = UInt64(max(0, reads.count - Self.limit)) &+ ended.unlisted
        for read in reads.prefix(Self.limit) {
            analysis.waitingReads.append(
                WaitingRead(
                    socket: core.summary(ofSocket: read.socket), event: read.mark.reference,
                    deadline: core.readDeadline(of: read.socket),
                    isLeased: core.sockets[read.socket].firstLease >= 0))
        }
    }
}
