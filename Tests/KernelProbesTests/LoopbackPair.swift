// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import Glibc

/// A TCP connection of this process to itself, over the loopback device.
struct LoopbackPair {
    let client: Int32
    let server: Int32

    /// A socket bound to a free port of 127.0.0.1, and its address.
    static func bound(type: __socket_type) throws -> (descriptor: Int32, address: sockaddr_in) {
        let descriptor = socket(AF_INET, Int32(type.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
            }
        }
        guard descriptor >= 0, isBound else { throw WorkFailed(step: "bind") }
        return (descriptor, address)
    }

    /// connect(2): 0, or -errno.
    static func connect(_ descriptor: Int32, to address: sockaddr_in) -> Int32 {
        let result = withUnsafePointer(to: address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        return result == 0 ? 0 : -errno
    }

    static func port(of descriptor: Int32) -> UInt16 {
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
        }
        return result == 0 ? UInt16(bigEndian: address.sin_port) : 0
    }

    static func inode(of descriptor: Int32) -> UInt64 {
        var status = stat()
        return fstat(descriptor, &status) == 0 ? UInt64(status.st_ino) : 0
    }

    init() throws {
        let (listener, address) = try Self.bound(type: SOCK_STREAM)
        defer { close(listener) }
        guard listen(listener, 1) == 0 else { throw WorkFailed(step: "listen") }
        client = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard Self.connect(client, to: address) == 0 else { throw WorkFailed(step: "connect") }
        server = accept(listener, nil, nil)
        guard server >= 0 else { throw WorkFailed(step: "accept") }
    }
}
