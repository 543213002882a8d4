// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import Glibc
import KernelProbes
import Testing
import TraceModel

extension KernelSuites {
    /// Addresses that sockets are bound to, and are refused.
    @Suite(.enabled(if: KernelCapability.isThere, KernelCapability.reason))
    struct SocketBindTests {
        private func bind(_ descriptor: Int32, _ port: UInt16) -> Int32 {
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = port.bigEndian
            address.sin_addr.s_addr = UInt32(0x7f35_3508).bigEndian
            let result = withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    Glibc.bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
            return result == 0 ? 0 : -errno
        }

        @Test func tellsAddressAndResult() throws {
            let session = try KernelSession(
                KernelSessionOptions(processID: getpid(), executablePath: "/proc/\(getpid())/exe"))
            let sockets = (0..<3).map { _ in socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0) }
            defer { sockets.forEach { close($0) } }
            #expect(bind(sockets[0], 0) == 0)
            let port = LoopbackPair.port(of: sockets[0])
            #expect(bind(sockets[1], port) == -EADDRINUSE)
            #expect(bind(sockets[2], 0) == 0)
            #expect(bind(sockets[2], 0) == -EINVAL, "it is bound already")
            var seen: [String] = []
            _ = session.drain(limit: 1_000_000) { kind, bytes in
                guard case .socketBind(let bind) = TraceRecord(kind: kind, bytes: bytes),
                    withUnsafeBytes(of: bind.local_address, { Array($0.prefix(4)) }) == [127, 53, 53, 8]
                else { return }
                #expect(bind.protocol == 6 && bind.family == UInt16(AF_INET) && bind.socket_key != 0)
                #expect(sockets.contains(bind.descriptor))
                #expect(bind.socket_inode == LoopbackPair.inode(of: bind.descriptor))
                seen.append("\(bind.local_port): \(bind.result)")
            }
            let third = LoopbackPair.port(of: sockets[2])
            #expect(seen == ["\(port): 0", "\(port): -98", "\(third): 0", "0: -22"])
        }
    }
}
