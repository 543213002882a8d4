// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import Glibc

struct WorkFailed: Error {
    let step: String
    let errorNumber = errno
}

/// Connections of this process to itself: each carries messages of three bytes from the client to the server, then the
/// client closes, and the server reads the end of file and closes.
struct LoopbackWork {
    private(set) var inodes: Set<UInt64> = []

    init(connections: Int, exchanges: Int) throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard listener >= 0 else { throw WorkFailed(step: "socket") }
        defer { close(listener) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, length) == 0 && listen(listener, 64) == 0 && getsockname(listener, $0, &length) == 0
            }
        }
        guard bound else { throw WorkFailed(step: "listen") }
        for _ in 0..<connections {
            let client = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            let connected = withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(client, $0, length) }
            }
            let server = accept(listener, nil, nil)
            guard connected == 0, server >= 0 else { throw WorkFailed(step: "connect") }
            for descriptor in [client, server] {
                var status = stat()
                fstat(descriptor, &status)
                inodes.insert(UInt64(status.st_ino))
            }
            var buffer: [UInt8] = [1, 2, 3]
            for _ in 0..<exchanges {
                guard send(client, buffer, 3, 0) == 3, recv(server, &buffer, 3, Int32(MSG_WAITALL)) == 3 else {
                    throw WorkFailed(step: "exchange")
                }
            }
            close(client)
            guard recv(server, &buffer, 3, 0) == 0 else { throw WorkFailed(step: "end of file") }
            close(server)
        }
    }
}
