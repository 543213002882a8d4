// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import Glibc
import KernelProbes
import Testing
import TraceModel

extension KernelSuites {
    /// Whom a UDP socket talks to that is not connected: told when it changes, ahead of the call.
    @Suite(.enabled(if: KernelCapability.isThere, KernelCapability.reason))
    struct DatagramPeerTests {
        @Test func aPeerIsToldWhenItChanges() throws {
            let session = try KernelSession(
                KernelSessionOptions(processID: getpid(), executablePath: "/proc/\(getpid())/exe"))
            let (first, firstAddress) = try LoopbackPair.bound(type: SOCK_DGRAM)
            let (second, secondAddress) = try LoopbackPair.bound(type: SOCK_DGRAM)
            let client = socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
            let connected = socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
            defer { [first, second, client, connected].forEach { close($0) } }
            try #require(LoopbackPair.connect(connected, to: firstAddress) == 0)
            #expect(send(connected, "connected", 9, 0) == 9)
            for address in [firstAddress, firstAddress, secondAddress, secondAddress, secondAddress, firstAddress] {
                var to = address
                let sent = withUnsafeMutablePointer(to: &to) {
                    $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                        sendto(client, "datagram", 8, 0, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                    }
                }
                #expect(sent == 8)
            }
            let inode = LoopbackPair.inode(of: client)
            var seen: [String] = []
            _ = session.drain(limit: 1_000_000) { kind, bytes in
                switch TraceRecord(kind: kind, bytes: bytes) {
                case .datagramPeer(let peer):
                    #expect(peer.socket_inode == inode && peer.operation == ps_io_operation.send.rawValue)
                    #expect(peer.family == UInt16(AF_INET) && peer.remote_address.0 == 127)
                    seen.append("to \(peer.remote_port)")
                case .socketIO(let io) where io.socket_inode == inode: seen.append("send")
                default: break
                }
            }
            let (one, other) = (LoopbackPair.port(of: first), LoopbackPair.port(of: second))
            #expect(
                seen == [
                    "to \(one)", "send", "send", "to \(other)", "send", "send", "send", "to \(one)", "send",
                ])
        }
    }
}
