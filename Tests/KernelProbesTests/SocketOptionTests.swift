// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import Glibc
import KernelProbes
import Testing
import TraceModel

extension KernelSuites {
    /// Options that are set on sockets; the kernel's own getsockopt is the witness.
    @Suite(.enabled(if: KernelCapability.isThere, KernelCapability.reason))
    struct SocketOptionTests {
        private let tcp = Int32(IPPROTO_TCP)

        private func set<T>(_ descriptor: Int32, _ level: Int32, _ name: Int32, _ value: T) -> Int32 {
            withUnsafeBytes(of: value) {
                setsockopt(descriptor, level, name, $0.baseAddress, socklen_t($0.count)) == 0 ? 0 : -errno
            }
        }

        private func get(_ descriptor: Int32, _ level: Int32, _ name: Int32) -> Int32 {
            var value: Int32 = 0
            var length = socklen_t(4)
            return getsockopt(descriptor, level, name, &value, &length) == 0 ? value : -1
        }

        @Test func tellsEachOptionThatMatters() throws {
            let session = try KernelSession(
                KernelSessionOptions(processID: getpid(), executablePath: "/proc/\(getpid())/exe"))
            let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            defer { close(descriptor) }
            let numbers: [(level: Int32, name: Int32, value: Int32)] = [
                (SOL_SOCKET, SO_KEEPALIVE, 1), (tcp, TCP_KEEPIDLE, 41), (tcp, TCP_KEEPINTVL, 7), (tcp, TCP_KEEPCNT, 5),
                (tcp, 18, 12_007), (tcp, TCP_NODELAY, 1),  // 18: TCP_USER_TIMEOUT
                (SOL_SOCKET, SO_RCVBUF, 32_771), (SOL_SOCKET, SO_SNDBUF, 65_537),
                (SOL_SOCKET, SO_KEEPALIVE, 0),
            ]
            var expected: [(level: Int32, name: Int32, value: Int64, result: Int32)] = []
            for option in numbers {
                let result = set(descriptor, option.level, option.name, option.value)
                let isDoubled = option.name == SO_RCVBUF || option.name == SO_SNDBUF  // see socket(7)
                #expect(get(descriptor, option.level, option.name) == (isDoubled ? 2 : 1) * option.value)
                expected.append((option.level, option.name, Int64(option.value), result))
            }
            #expect(set(descriptor, SOL_SOCKET, SO_LINGER, linger(l_onoff: 1, l_linger: 3)) == 0)
            #expect(set(descriptor, SOL_SOCKET, SO_LINGER, linger(l_onoff: 0, l_linger: 3)) == 0)
            #expect(set(descriptor, SOL_SOCKET, SO_RCVTIMEO, timeval(tv_sec: 2, tv_usec: 500_000)) == 0)
            #expect(set(descriptor, SOL_SOCKET, SO_SNDTIMEO, timeval(tv_sec: 0, tv_usec: 17_000)) == 0)
            expected += [
                (SOL_SOCKET, SO_LINGER, 3, 0), (SOL_SOCKET, SO_LINGER, -1, 0),
                (SOL_SOCKET, SO_RCVTIMEO, 2_500_000_000, 0), (SOL_SOCKET, SO_SNDTIMEO, 17_000_000, 0),
            ]
            // Refused ones are told, others not at all.
            let tooMany: Int32 = 128  // MAX_TCP_KEEPCNT is 127
            expected.append((tcp, TCP_KEEPCNT, Int64(tooMany), set(descriptor, tcp, TCP_KEEPCNT, tooMany)))
            #expect(expected.last?.result == -EINVAL)
            #expect(set(descriptor, SOL_SOCKET, SO_REUSEADDR, Int32(1)) == 0)
            #expect(set(-1, SOL_SOCKET, SO_KEEPALIVE, Int32(1)) == -EBADF)

            var seen: [ps_socket_option] = []
            _ = session.drain(limit: 1_000_000) { kind, bytes in
                if case .socketOption(let option) = TraceRecord(kind: kind, bytes: bytes),
                    option.socket_inode == LoopbackPair.inode(of: descriptor)
                {
                    seen.append(option)
                }
            }
            try #require(seen.count == expected.count)
            for (option, meant) in zip(seen, expected) {
                #expect(option.level == meant.level && option.name == UInt32(meant.name))
                #expect(option.value == meant.value && option.is_value_known == 1)
                #expect(option.result == meant.result && option.descriptor == descriptor)
            }
            #expect(expected.count == 14 && expected.dropLast().allSatisfy { $0.result == 0 })
        }

        @Test func tellsSocketsThatCouldNotBeOpened() throws {
            let session = try KernelSession(
                KernelSessionOptions(processID: getpid(), executablePath: "/proc/\(getpid())/exe"))
            let protocolNumber: Int32 = 139  // HIP: nobody has it
            for _ in 0..<7 { #expect(socket(AF_INET, Int32(SOCK_DGRAM.rawValue), protocolNumber) == -1) }
            let refused = -errno
            var pair: [Int32] = [0, 0]
            for _ in 0..<3 { #expect(socketpair(AF_INET6, Int32(SOCK_STREAM.rawValue), 0, &pair) == -1) }
            let refusedPair = -errno
            var (sockets, pairs) = (0, 0)
            _ = session.drain(limit: 1_000_000) { kind, bytes in
                guard case .socketOpen(let open) = TraceRecord(kind: kind, bytes: bytes), open.result < 0
                else { return }
                #expect(open.descriptor == -1 && open.socket_inode == 0)
                if open.result == refused, open.family == UInt16(AF_INET), open.protocol == 139, open.type == 2 {
                    sockets += 1
                }
                if open.result == refusedPair, open.family == UInt16(AF_INET6), open.type == 1 { pairs += 1 }
            }
            #expect(sockets == 7 && pairs == 3)
            #expect(refused == -EPROTONOSUPPORT && refusedPair == -EOPNOTSUPP)
        }
    }
}
