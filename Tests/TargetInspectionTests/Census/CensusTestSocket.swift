// SPDX-License-Identifier: Apache-2.0
import Glibc
import Testing

/// A socket of the test process, closed with its last reference.
final class CensusTestSocket: Sendable {
    let descriptor: Int32

    init(owning descriptor: Int32, _ location: SourceLocation = #_sourceLocation) throws {
        try #require(descriptor >= 0, "\(String(cString: strerror(errno)))", sourceLocation: location)
        self.descriptor = descriptor
    }

    convenience init(_ family: Int32, _ type: __socket_type) throws {
        try self.init(owning: socket(family, Int32(type.rawValue | SOCK_CLOEXEC.rawValue), 0))
    }

    deinit { close(descriptor) }

    /// The inode by which the kernel knows it, from fstat(2): not by way of `/proc`.
    var inode: UInt64 {
        var status = stat()
        fstat(descriptor, &status)
        return UInt64(status.st_ino)
    }

    /// The local port in host order, from getsockname(2).
    var port: UInt16 {
        var address = sockaddr_in6()
        var length = socklen_t(MemoryLayout<sockaddr_in6>.size)
        _ = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
        }
        return UInt16(bigEndian: address.sin6_port)  // at the same place as sin_port
    }

    func bind(_ address: [UInt8]) throws { try #require(Self.call(Glibc.bind, descriptor, address) == 0) }

    func connect(_ address: [UInt8]) throws { try #require(Self.call(Glibc.connect, descriptor, address) == 0) }

    func listen() throws { try #require(Glibc.listen(descriptor, 128) == 0) }

    func accept() throws -> CensusTestSocket { try CensusTestSocket(owning: Glibc.accept(descriptor, nil, nil)) }

    func duplicate() throws -> CensusTestSocket { try CensusTestSocket(owning: dup(descriptor)) }

    func send(bytes count: Int) throws {
        try #require(Glibc.send(descriptor, [UInt8](repeating: 1, count: count), count, 0) == count)
    }

    static func pair(_ type: __socket_type = SOCK_STREAM) throws -> (CensusTestSocket, CensusTestSocket) {
        var descriptors: [Int32] = [-1, -1]
        try #require(socketpair(AF_UNIX, Int32(type.rawValue), 0, &descriptors) == 0)
        return (try CensusTestSocket(owning: descriptors[0]), try CensusTestSocket(owning: descriptors[1]))
    }

    /// 127.0.0.1 or ::1 as a `struct sockaddr`.
    static func loopback(_ family: Int32, port: UInt16 = 0) -> [UInt8] {
        if family == AF_INET {
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = port.bigEndian
            address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
            return withUnsafeBytes(of: address) { Array($0) }
        }
        var address = sockaddr_in6()
        address.sin6_family = sa_family_t(AF_INET6)
        address.sin6_port = port.bigEndian
        withUnsafeMutableBytes(of: &address.sin6_addr) { $0[15] = 1 }
        return withUnsafeBytes(of: address) { Array($0) }
    }

    /// A Unix address: a path, or zero and an abstract name.
    static func unix(_ name: [UInt8]) -> [UInt8] {
        withUnsafeBytes(of: sa_family_t(AF_UNIX)) { Array($0) } + name
    }

    private static func call(
        _ function: (Int32, UnsafePointer<sockaddr>?, socklen_t) -> Int32, _ descriptor: Int32, _ address: [UInt8]
    ) -> Int32 {
        address.withUnsafeBytes { bytes in
            function(descriptor, bytes.assumingMemoryBound(to: sockaddr.self).baseAddress, socklen_t(bytes.count))
        }
    }
}
