// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import TraceModel

/// TLS handshakes that fail or hang.
struct TLSHandshake: Sendable {
    private static let tcp: UInt16 = 6
    private static let established: UInt16 = 1
    /// TCP_CLOSE after a reset, TCP_CLOSE_WAIT after a FIN of the peer.
    private static let endedByPeer: Set<UInt16> = [7, 8]

    private var ledger = HandshakeLedger()
    /// A handshake of at least so long, in ns, hangs.
    private let hang: UInt64

    init(_ thresholds: Thresholds) { hang = thresholds[TLSHandshakeFailingRule.hang].clampedNanoseconds }

    /// The socket's connection is made.
    mutating func connected(_ socket: SocketSlot, _ core: Core) {
        let inode = core.sockets[socket].inode
        guard let holder = core.births.state(inode: inode)?.holder else { return }
        ledger.note(connected: inode, to: core.sockets[socket].remote, by: holder)
    }

    /// Returns the inode of the handshake's socket; 0: it is not known.
    mutating func handshakeReturned(_ record: ps_tls_handshake, _ ordinal: UInt64, _ core: Core) -> UInt64 {
        let connection = ledger.connection(inode: record.socket_inode, by: HolderKey(record.header))
        let socket = connection.flatMap { core.sockets.slot(inode: $0.inode) }
        ledger.add(
            socket.flatMap { core.sockets[$0].remote } ?? connection?.endpoint,
            took: record.duration_ns, error: record.error_type,
            isClosedHere: socket == nil && connection.map { ledger.isClosedSound(inode: $0.inode) } ?? false,
            isLong: record.duration_ns >= hang,
            descriptor: socket.map { core.sockets[$0].descriptor } ?? record.descriptor,
            stackID: socket.map { core.sockets[$0].openStack } ?? -1, at: EventMark(record.header, ordinal: ordinal))
        return connection?.inode ?? 0
    }

    /// The process closes a socket. Whether its endpoint speaks TLS is known at the end.
    mutating func socketClosing(_ record: ps_socket_close, _ socket: SocketSlot, _ ordinal: UInt64, _ core: Core) {
        guard record.protocol == Self.tcp, !core.isAccepted(socket) else { return }
        ledger.note(
            closed: record.socket_inode, to: core.sockets[socket].remote,
            isSound: record.state == Self.established && record.socket_error == 0)
        guard let endpoint = core.sockets[socket].remote, let connected = wordlessSince(socket, core) else { return }
        let now = record.header.timestamp_ns
        let waited = now &- min(now, connected)
        guard Self.endedByPeer.contains(record.state) || waited >= hang else { return }
        ledger.addWordless(
            endpoint, descriptor: core.sockets[socket].descriptor, stackID: core.sockets[socket].openStack,
            at: EventMark(record.header, ordinal: ordinal))
    }

    /// When the socket was connected, if something was sent on it since and nothing received; and no handshake has returned.
    private func wordlessSince(_ socket: SocketSlot, _ core: Core) -> UInt64? {
        guard core.sockets[socket].sentBytes > 0, core.sockets[socket].receivedBytes == 0,
            let birth = core.births.state(inode: core.sockets[socket].inode), birth.connected > 0,
            birth.handshakeEnd == 0
        else { return nil }
        return birth.connected
    }

    /// By the endpoint's text, so that the order does not depend on hashing.
    func result(_ core: Core) -> [HandshakeSummary] {
        var all = ledger
        for socket in core.sockets.all
        where core.sockets[socket].protocolNumber == Self.tcp && !core.isAccepted(socket) {
            guard let endpoint = core.sockets[socket].remote, let connected = wordlessSince(socket, core),
                core.now &- min(core.now, connected) >= hang, let mark = core.sockets[socket].lastActivity
            else { continue }
            all.addWordless(
                endpoint, descriptor: core.sockets[socket].descriptor, stackID: core.sockets[socket].openStack, at: mark
            )
        }
        return all.entries.map { endpoint, entry in
            var summary = HandshakeSummary(endpoint: endpoint)
            summary.handshakes = entry.handshakes
            // A context that is cancelled closes the connection first (handshakeContext in crypto/tls/conn.go), and its error
            // has this type; one whose deadline has passed has another.
            summary.cancelled = entry.closedHere.reduce(UInt64(0)) { sum, error in
                core.stacks.errorType(error.key)?.hasSuffix("errors.errorString") == true ? sum &+ error.value : sum
            }
            summary.failed = entry.failed - min(entry.failed, summary.cancelled)
            summary.long = entry.long
            summary.longest = .nanoseconds(clamping: entry.longest)
            summary.wordless = entry.wordless
            summary.errors = entry.errors.compactMap { address, count in
                let name = core.stacks.errorType(address) ?? "0x" + String(address, radix: 16)
                let cancelled = name.hasSuffix("errors.errorString") ? entry.closedHere[address] ?? 0 : 0
                return count > cancelled ? HandshakeError(name: name, count: count - cancelled) : nil
            }.sorted { ($1.count, $0.name) < ($0.count, $1.name) }
            summary.descriptor = entry.descriptor >= 0 ? entry.descriptor : nil
            summary.stack = entry.stackID >= 0 ? core.stacks.resolve(stackID: entry.stackID) : nil
            summary.first = entry.first?.reference
            summary.last = entry.last?.reference
            return (summary, endpoint?.description ?? "")
        }.sorted { $0.1 < $1.1 }.map(\.0)
    }

    /// Handshakes and closes at endpoints beyond those that are told apart.
    var unlisted: UInt64 { ledger.unlisted }
}
