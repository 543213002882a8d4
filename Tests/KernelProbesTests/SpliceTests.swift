// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import Glibc
import KernelProbes
import Testing
import TraceModel

extension KernelSuites {
    /// Data that goes between a socket and a pipe without the caller seeing it.
    @Suite(.enabled(if: KernelCapability.isThere, KernelCapability.reason))
    struct SpliceTests {
        @Test func isSeenAsThePlanSays() throws {
            let session = try KernelSession(
                KernelSessionOptions(processID: getpid(), executablePath: "/proc/\(getpid())/exe"))
            let pair = try LoopbackPair()
            var pipes: [Int32] = [0, 0]
            try #require(pipe(&pipes) == 0)
            defer { [pair.client, pair.server, pipes[0], pipes[1]].forEach { close($0) } }
            typealias Splice =
                @convention(c) (
                    Int32, UnsafeMutablePointer<Int64>?, Int32, UnsafeMutablePointer<Int64>?, Int, UInt32
                ) -> Int
            let splice = unsafeBitCast(try #require(dlsym(nil, "splice")), to: Splice.self)
            var data = [UInt8](repeating: 0, count: 256)
            for _ in 0..<7 {
                #expect(send(pair.client, data, 163, 0) == 163)
                #expect(splice(pair.server, nil, pipes[1], nil, 163, 0) == 163)
                #expect(read(pipes[0], &data, 256) == 163)
            }
            for _ in 0..<5 {
                #expect(write(pipes[1], data, 167) == 167)
                #expect(splice(pipes[0], nil, pair.client, nil, 167, 0) == 167)
                #expect(recv(pair.server, &data, 167, Int32(MSG_WAITALL)) == 167)
            }
            let io = session.drainAll().filter { $0.kind == .socketIO }
            let receive = session.kernelProbes.first { $0.name == "socket_receive" }
            let isSeen = receive?.mechanism != "tracepoint"
            #expect(receive?.note?.contains("splice(2)") == !isSeen)
            #expect(io.count { $0.operation == .receive && $0.result == 163 } == (isSeen ? 7 : 0))
            #expect(io.count { $0.operation == .send && $0.result == 167 } == 5)
        }
    }
}
