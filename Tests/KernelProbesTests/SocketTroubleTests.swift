// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import Glibc
import KernelProbes
import Testing
import TraceModel

extension KernelSuites {
    /// What goes wrong on the way: drops, retransmits, resets. Each is brought about on the loopback device alone, and the
    /// kernel's own counters are the witness.
    @Suite(.enabled(if: KernelCapability.isThere, KernelCapability.reason))
    struct SocketTroubleTests {
        private let session: KernelSession

        init() throws {
            session = try KernelSession(
                KernelSessionOptions(processID: getpid(), executablePath: "/proc/\(getpid())/exe"))
        }

        private func records() -> [TraceRecord] {
            var records: [TraceRecord] = []
            _ = session.drain(limit: 1_000_000) { kind, bytes in
                if let record = TraceRecord(kind: kind, bytes: bytes) { records.append(record) }
            }
            return records
        }

        @Test func countsEachDatagramThatFindsNoRoom() throws {
            let (receiver, address) = try LoopbackPair.bound(type: SOCK_DGRAM)
            let sender = socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
            defer { [receiver, sender].forEach { close($0) } }
            var size: Int32 = 4096
            var length = socklen_t(MemoryLayout<Int32>.size)
            setsockopt(receiver, SOL_SOCKET, SO_RCVBUF, &size, length)
            getsockopt(receiver, SOL_SOCKET, SO_RCVBUF, &size, &length)
            try #require(LoopbackPair.connect(sender, to: address) == 0)
            let datagrams = 101
            for _ in 0..<datagrams { #expect(send(sender, [UInt8](repeating: 7, count: 113), 113, 0) == 113) }
            var received = 0
            var buffer = [UInt8](repeating: 0, count: 256)
            let inode = LoopbackPair.inode(of: receiver)
            // The last ones may still be under way.
            while received + (WitnessedSocket.udpDrops(inode: inode) ?? datagrams) < datagrams {
                if recv(receiver, &buffer, 256, Int32(MSG_DONTWAIT)) == 113 { received += 1 } else { usleep(1000) }
            }
            let drops = records().compactMap { record -> ps_datagram_drop? in
                if case .datagramDrop(let drop) = record, drop.socket_inode == inode { drop } else { nil }
            }
            let witness = try #require(WitnessedSocket.udpDrops(inode: inode))
            #expect(witness > 0 && received > 0)
            #expect(drops.count == datagrams - received)
            #expect(drops.count == witness)
            #expect(drops.map { Int($0.total_drops) } == Array(1...witness))
            for drop in drops {
                #expect(drop.result == -ENOMEM)
                #expect(drop.buffer_bytes == UInt32(size))
                #expect(drop.queued_bytes > 0 && drop.queued_bytes <= UInt32(size) + 4096)
                #expect(drop.local_port == UInt16(bigEndian: address.sin_port))
            }
        }

        @Test func countsResetsBothWays() throws {
            var expected: [UInt64: (direction: ps_reset_direction, state: UInt16)] = [:]
            let closed: UInt8 = 7  // include/net/tcp_states.h
            let refusals = 5
            let (unused, closedPort) = try LoopbackPair.bound(type: SOCK_STREAM)  // bound, and nobody listens
            for _ in 0..<refusals {
                let client = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
                expected[LoopbackPair.inode(of: client)] = (.received, 2)
                #expect(LoopbackPair.connect(client, to: closedPort) == -ECONNREFUSED)
                close(client)
            }
            close(unused)
            let abortions = 7
            for _ in 0..<abortions {
                let pair = try LoopbackPair()
                expected[LoopbackPair.inode(of: pair.client)] = (.sent, 7)
                expected[LoopbackPair.inode(of: pair.server)] = (.received, 1)
                var now = linger(l_onoff: 1, l_linger: 0)
                setsockopt(pair.client, SOL_SOCKET, SO_LINGER, &now, socklen_t(MemoryLayout<linger>.size))
                close(pair.client)
                try WitnessedSocket.awaitState(pair.server, closed)
                close(pair.server)
            }
            let unread = 11
            for _ in 0..<unread {
                let pair = try LoopbackPair()
                expected[LoopbackPair.inode(of: pair.server)] = (.sent, 7)
                expected[LoopbackPair.inode(of: pair.client)] = (.received, 1)
                #expect(send(pair.client, "unread", 6, 0) == 6)
                var byte: UInt8 = 0
                #expect(recv(pair.server, &byte, 1, Int32(MSG_PEEK)) == 1)
                close(pair.server)
                try WitnessedSocket.awaitState(pair.client, closed)
                close(pair.client)
            }
            // Data for a connection that is closed on the other side already: its socket has no file any more.
            let late = 13
            var answering: Set<UInt64> = []
            var seconds: Int32 = 90  // over TCP_TIMEWAIT_LEN: FIN_WAIT2 keeps the whole socket
            for _ in 0..<late {
                let pair = try LoopbackPair()
                expected[LoopbackPair.inode(of: pair.client)] = (.received, 8)
                expected[LoopbackPair.inode(of: pair.server)] = (.sent, 7)
                answering.insert(LoopbackPair.inode(of: pair.server))
                setsockopt(pair.server, Int32(IPPROTO_TCP), TCP_LINGER2, &seconds, 4)
                close(pair.server)
                try WitnessedSocket.awaitState(pair.client, 8)
                #expect(send(pair.client, "late", 4, 0) == 4)
                try WitnessedSocket.awaitState(pair.client, closed)
                close(pair.client)
            }

            var seen: [UInt64: Int] = [:]
            for case .socketReset(let reset) in records() {
                guard let meant = expected[reset.socket_inode] else { continue }
                // The kernel's own way to end a closed connection in FIN_WAIT2: see ps_socket_reset.
                if reset.state == 5, answering.contains(reset.socket_inode) { continue }
                seen[reset.socket_inode, default: 0] += 1
                #expect(reset.direction == meant.direction.rawValue)
                #expect(reset.local_port > 0)
                #expect(reset.state == meant.state)
                #expect((reset.is_answer == 1) == answering.contains(reset.socket_inode))
            }
            #expect(expected.count == refusals + 2 * abortions + 2 * unread + 2 * late)
            #expect(seen.count == expected.count && seen.values.allSatisfy { $0 == 1 }, "\(seen)")
        }

        /// The kernel uses the memory of a closed socket again: what then befalls the socket of another process is not ours.
        @Test func aStrangersResetsAreNotOurs() throws {
            let stranger = """
                import socket
                listener = socket.create_server(("127.0.0.1", 0))
                for _ in range(2000):
                    client = socket.create_connection(listener.getsockname())
                    server, _ = listener.accept()
                    client.close()
                    server.sendall(b"late")
                    server.close()
                """
            let process = try #require(popen("python3 -c '\(stranger)'", "r"))
            var byte = [CChar](repeating: 0, count: 2)
            var ports: Set<UInt16> = []
            _ = fcntl(fileno(process), F_SETFL, O_NONBLOCK)
            // The end of its output is the end of the stranger.
            while fgets(&byte, 2, process) == nil, feof(process) == 0 {
                clearerr(process)
                let pair = try LoopbackPair()
                ports.insert(LoopbackPair.port(of: pair.client))
                ports.insert(LoopbackPair.port(of: pair.server))
                [pair.client, pair.server].forEach { close($0) }
            }
            #expect(pclose(process) == 0)
            #expect(ports.count > 100)
            for case .socketReset(let reset) in records() {
                #expect(ports.contains(reset.local_port) || ports.contains(reset.remote_port), "\(reset)")
            }
        }

        @Test func countsEachSegmentSentAgain() throws {
            let pair = try LoopbackPair()
            defer { [pair.client, pair.server].forEach { close($0) } }
            try WitnessedSocket.dropIncoming(pair.server)
            #expect(send(pair.client, "nobody", 6, 0) == 6)
            let meant = 3
            let info = try WitnessedSocket.awaitRetransmits(pair.client, atLeast: meant)
            let inode = LoopbackPair.inode(of: pair.client)
            let retransmits = records().compactMap { record -> ps_socket_retransmit? in
                if case .socketRetransmit(let again) = record, again.socket_inode == inode { again } else { nil }
            }
            // The next one is due in more than the time that the lines between took: the timeout has doubled each time.
            #expect(retransmits.count == Int(info.total))
            #expect(retransmits.map { Int($0.total_retransmits) } == Array(1...retransmits.count))
            for retransmit in retransmits {
                #expect(retransmit.state == 1)
                #expect(retransmit.unacknowledged_bytes == 6)
                #expect(retransmit.result == 0)
                #expect(retransmit.timeout_us >= 200_000 && retransmit.timeout_us <= info.timeoutMicroseconds)
            }
            #expect(retransmits.last.map { $0.timeout_us > retransmits[0].timeout_us } == true)
        }

        @Test func tellsConnectsThatNobodyAnswers() throws {
            let (listener, address) = try LoopbackPair.bound(type: SOCK_STREAM)
            try #require(listen(listener, 0) == 0)
            try WitnessedSocket.dropIncoming(listener)
            let clients = (0..<3).map { _ in socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue), 0) }
            defer { ([listener] + clients).forEach { close($0) } }
            for client in clients { #expect(LoopbackPair.connect(client, to: address) == -EINPROGRESS) }
            let totals = try clients.map { try WitnessedSocket.awaitRetransmits($0, atLeast: 1).total }
            let all = records()
            for (client, total) in zip(clients, totals) {
                let inode = LoopbackPair.inode(of: client)
                var count: UInt32 = 0
                for case .socketRetransmit(let again) in all where again.socket_inode == inode {
                    count += 1
                    #expect(again.state == 2)
                    #expect(again.remote_port == UInt16(bigEndian: address.sin_port))
                }
                #expect(count == total)
            }
            let listens = all.compactMap { record -> ps_socket_listen? in
                if case .socketListen(let listen) = record { listen } else { nil }
            }
            let mine = try #require(listens.first { $0.socket_inode == LoopbackPair.inode(of: listener) })
            #expect(mine.backlog == 0 && mine.result == 0 && mine.descriptor == listener)
            #expect(mine.local_port == UInt16(bigEndian: address.sin_port))
            #expect(listen(clients[0], 1) == -1)
            #expect(records().contains { if case .socketListen(let l) = $0 { l.result == -EINVAL } else { false } })
        }
    }
}
