// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import Glibc
import KernelProbes
import Testing
import TraceModel

extension KernelSuites {
    /// Messages to and from a name server, by each system call that resolvers use; nothing else is ever read.
    @Suite(.enabled(if: KernelCapability.isThere, KernelCapability.reason), .serialized)
    struct NameMessageTests {
        private let session: KernelSession
        private let server: Int32
        private let address: sockaddr_in

        init() throws {
            session = try KernelSession(
                KernelSessionOptions(processID: getpid(), executablePath: "/proc/\(getpid())/exe"))
            (server, address) = try Self.bound(Int32(SOCK_DGRAM.rawValue))
        }

        /// Port 53 of an address of the loopback network that nothing else uses.
        private static func bound(_ type: Int32) throws -> (Int32, sockaddr_in) {
            let descriptor = socket(AF_INET, type, 0)
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = UInt16(53).bigEndian
            address.sin_addr.s_addr = UInt32(0x7f35_3507).bigEndian
            var yes: Int32 = 1
            setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, 4)
            let isBound = withAddress(&address) { bind(descriptor, $0, $1) == 0 }
            guard isBound else { throw WorkFailed(step: "bind to port 53") }
            return (descriptor, address)
        }

        private static func withAddress<R>(
            _ address: inout sockaddr_in, _ body: (UnsafeMutablePointer<sockaddr>, socklen_t) -> R
        ) -> R {
            withUnsafeMutablePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
        }

        private func message(_ id: UInt8, bytes: Int = 29) -> [UInt8] {
            [0, id, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0] + (12..<bytes).map { UInt8(truncatingIfNeeded: $0) }
        }

        /// The server's answer to whatever came: the same bytes.
        private func echo() {
            var buffer = [UInt8](repeating: 0, count: 1024)
            var peer = sockaddr_in()
            let count = Self.withAddress(&peer) { pointer, size in
                var length = size
                return recvfrom(server, &buffer, 1024, 0, pointer, &length)
            }
            _ = Self.withAddress(&peer) { sendto(server, buffer, count, 0, $0, $1) }
        }

        private struct Seen: Equatable {
            var operation: UInt8
            var bytes: [UInt8]
            var length: UInt32
            var remotePort: UInt16
        }

        private func seen(on inode: UInt64) -> [Seen] {
            var seen: [Seen] = []
            _ = session.drain(limit: 1_000_000) { kind, bytes in
                guard case .dnsMessage(let record) = TraceRecord(kind: kind, bytes: bytes) else { return }
                #expect(record.socket_inode == inode, "only the client's")
                let message = withUnsafeBytes(of: record.message) { Array($0.prefix(Int(record.captured_length))) }
                seen.append(
                    Seen(
                        operation: record.operation, bytes: message, length: record.message_length,
                        remotePort: record.remote_port))
            }
            return seen
        }

        private func expected(_ messages: [[UInt8]], receivePort: UInt16 = 53, extra: UInt32 = 0) -> [Seen] {
            messages.flatMap { message in
                [(UInt8(2), UInt16(53)), (1, receivePort)].map { operation, port in
                    Seen(
                        operation: operation, bytes: Array(message.prefix(Int(PS_DNS_MESSAGE_SIZE))),
                        length: UInt32(message.count) + extra, remotePort: port)
                }
            }
        }

        private func client(isConnected: Bool = true) throws -> Int32 {
            let client = socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
            if isConnected { try #require(LoopbackPair.connect(client, to: address) == 0) }
            return client
        }

        @Test func bySendAndReceiveAndWriteAndRead() throws {
            let client = try client()
            defer { [client, server].forEach { close($0) } }
            var buffer = [UInt8](repeating: 0, count: 1024)
            let messages = [message(1), message(2), message(3), message(4, bytes: 601)]
            for (index, message) in messages.enumerated() {
                if index % 2 == 0 {
                    #expect(send(client, message, message.count, 0) == message.count)
                    echo()
                    // The resolver of glibc looks first how much has come.
                    #expect(recv(client, &buffer, 1024, Int32(MSG_PEEK)) == message.count)
                    #expect(recv(client, &buffer, 1024, 0) == message.count)
                } else {
                    #expect(write(client, message, message.count) == message.count)
                    echo()
                    #expect(read(client, &buffer, 1024) == message.count)
                }
            }
            #expect(seen(on: LoopbackPair.inode(of: client)) == expected(messages))
        }

        @Test func onASocketThatIsNotConnected() throws {
            let client = try client(isConnected: false)
            defer { [client, server].forEach { close($0) } }
            var buffer = [UInt8](repeating: 0, count: 1024)
            var to = address
            let messages = [message(1), message(2), message(3)]
            for message in messages {
                let sent = Self.withAddress(&to) { sendto(client, message, message.count, 0, $0, $1) }
                #expect(sent == message.count)
                echo()
                #expect(recvfrom(client, &buffer, 1024, 0, nil, nil) == message.count)
            }
            #expect(seen(on: LoopbackPair.inode(of: client)) == expected(messages, receivePort: 0))
        }

        /// glibc asks for both families at once.
        @Test func manyInOneCall() throws {
            let client = try client()
            defer { [client, server].forEach { close($0) } }
            typealias SendMany = @convention(c) (Int32, UnsafeMutablePointer<UInt>, UInt32, Int32) -> Int32
            let sendMany = unsafeBitCast(try #require(dlsym(nil, "sendmmsg")), to: SendMany.self)
            var buffer = [UInt8](repeating: 0, count: 1024)
            var bytes = [message(1), message(2), message(3)]
            var told: [Seen] = []
            for _ in 0..<2 {
                var vectors = bytes.indices.map { index in
                    bytes[index].withUnsafeMutableBytes { iovec(iov_base: $0.baseAddress, iov_len: $0.count) }
                }
                let sent = vectors.withUnsafeMutableBufferPointer { vectors in
                    // struct mmsghdr: the address of the vectors and their number are its third and fourth word.
                    var headers = vectors.indices.flatMap { index in
                        [0, 0, UInt(bitPattern: vectors.baseAddress! + index), 1, 0, 0, 0, 0]
                    }
                    return sendMany(client, &headers, 3, 0)
                }
                #expect(sent == 3)
                for _ in bytes {
                    echo()
                    #expect(recv(client, &buffer, 1024, 0) == 29)
                }
                told += seen(on: LoopbackPair.inode(of: client))
            }
            let sends = told.filter { $0.operation == 2 }.map(\.bytes)
            #expect(sends == bytes + bytes)
            #expect(told.filter { $0.operation == 1 }.map(\.bytes) == bytes + bytes)
        }

        @Test func overTCP() throws {
            close(server)
            var (listener, to) = try Self.bound(Int32(SOCK_STREAM.rawValue))
            let client = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            try #require(listen(listener, 1) == 0 && LoopbackPair.connect(client, to: to) == 0)
            let accepted = accept(listener, nil, nil)
            defer { [client, listener, accepted].forEach { close($0) } }
            to.sin_port = 0
            var question = message(7)
            var length: [UInt8] = [0, UInt8(question.count)]
            let written = length.withUnsafeMutableBytes { length in
                question.withUnsafeMutableBytes { question in
                    var vectors = [length, question].map { iovec(iov_base: $0.baseAddress, iov_len: $0.count) }
                    return writev(client, &vectors, 2)
                }
            }
            #expect(written == 31)
            var buffer = [UInt8](repeating: 0, count: 1024)
            #expect(recv(accepted, &buffer, 31, Int32(MSG_WAITALL)) == 31)
            #expect(send(accepted, buffer, 31, 0) == 31)
            #expect(recv(client, &buffer, 2, Int32(MSG_WAITALL)) == 2)
            #expect(recv(client, &buffer, 29, Int32(MSG_WAITALL)) == 29)
            let told = seen(on: LoopbackPair.inode(of: client))
            #expect(told.map(\.bytes) == [question, question])
            #expect(told.map(\.length) == [31, 29])
        }

        /// What tells there is the socket alone: its query must be the latest that it has sent.
        @Test func nothingIsAnAnswerOnceTheSocketHasSentElsewhere() throws {
            let (other, otherAddress) = try LoopbackPair.bound(type: SOCK_DGRAM)
            let client = try client(isConnected: false)
            defer { [client, other, server].forEach { close($0) } }
            var buffer = [UInt8](repeating: 0, count: 1024)
            for (to, answerer) in [(address, server), (otherAddress, other), (otherAddress, other)] {
                var (to, peer) = (to, sockaddr_in())
                let question = message(1)
                #expect(Self.withAddress(&to) { sendto(client, question, 29, 0, $0, $1) } == 29)
                let count = Self.withAddress(&peer) { pointer, size in
                    var length = size
                    return recvfrom(answerer, &buffer, 1024, 0, pointer, &length)
                }
                #expect(Self.withAddress(&peer) { sendto(answerer, buffer, count, 0, $0, $1) } == 29)
                #expect(recvfrom(client, &buffer, 1024, 0, nil, nil) == 29)
            }
            #expect(seen(on: LoopbackPair.inode(of: client)) == expected([message(1)], receivePort: 0))
        }

        @Test func nothingElseIsRead() throws {
            let (other, otherAddress) = try LoopbackPair.bound(type: SOCK_DGRAM)
            let client = try client(isConnected: false)
            defer { [client, other, server].forEach { close($0) } }
            var to = otherAddress
            let message = message(1)
            for _ in 0..<3 {
                #expect(Self.withAddress(&to) { sendto(client, message, message.count, 0, $0, $1) } == message.count)
            }
            #expect(seen(on: 0).isEmpty)
        }
    }
}
