// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import Glibc
import KernelProbes
import Testing
import TraceModel

extension KernelSuites {
    /// Calls that are summed up in the kernel: each is in the sums or has a record, never both.
    @Suite(.enabled(if: KernelCapability.isThere, KernelCapability.reason))
    struct SocketSumTests {
        private let session: KernelSession

        init() throws {
            var options = KernelSessionOptions(processID: getpid(), executablePath: "/proc/\(getpid())/exe")
            options.slowNanoseconds = 50_000_000
            session = try KernelSession(options)
        }

        private func sums(of inode: UInt64) -> ps_socket_sum? {
            var found: ps_socket_sum?
            session.readSums(now: 1) { if $0.socket_inode == inode { found = $0 } }
            return found
        }

        private func records() -> [TraceRecord] {
            var records: [TraceRecord] = []
            _ = session.drain(limit: 1_000_000) { kind, bytes in
                if let record = TraceRecord(kind: kind, bytes: bytes) { records.append(record) }
            }
            return records
        }

        private func recorded(_ records: [TraceRecord], of inode: UInt64) -> [ps_socket_io] {
            records.compactMap { record in
                if case .socketIO(let io) = record, io.socket_inode == inode { io } else { nil }
            }
        }

        /// Asks and answers over a connection, both ends in this process.
        private func exchange(_ pair: LoopbackPair, _ count: Int, slowly: Int = 0) {
            var buffer = [UInt8](repeating: 0, count: 64)
            for index in 0..<count {
                #expect(send(pair.client, buffer, 11, 0) == 11)
                #expect(recv(pair.server, &buffer, 64, 0) == 11)
                if index < slowly { usleep(70_000) }
                #expect(send(pair.server, buffer, 13, 0) == 13)
                #expect(recv(pair.client, &buffer, 64, 0) == 13)
            }
        }

        @Test func allSockets() throws {
            try session.setDetail(.summary)
            let pair = try LoopbackPair()
            let client = LoopbackPair.inode(of: pair.client)
            var buffer = [UInt8](repeating: 0, count: 64)
            exchange(pair, 101, slowly: 2)
            for _ in 0..<7 { #expect(recv(pair.client, &buffer, 64, Int32(MSG_DONTWAIT)) == -1) }
            #expect(send(pair.server, buffer, 5, 0) == 5)
            for _ in 0..<3 { #expect(recv(pair.client, &buffer, 64, Int32(MSG_PEEK)) == 5) }
            #expect(recv(pair.client, &buffer, 64, 0) == 5)
            let sum = try #require(sums(of: client))
            let io = recorded(records(), of: client)
            #expect(sum.sends == 101 && sum.sent_bytes == 101 * 11)
            #expect(io.count == 2, "the two slow answers")
            #expect(io.allSatisfy { $0.result == 13 && $0.operation == ps_io_operation.receive.rawValue })
            #expect(sum.receives == 100 && sum.received_bytes == 99 * 13 + 5)
            #expect(sum.receive_would_blocks == 7 && sum.send_would_blocks == 0 && sum.peeks == 3)
            #expect(sum.last_receive_ns > sum.last_send_ns && sum.last_send_ns > sum.since_ns)
            let answers = withUnsafeBytes(of: sum.answers) { $0.bindMemory(to: UInt32.self).reduce(0, +) }
            #expect(answers == 99, "one for each first receive after a send that was not slow")

            close(pair.server)
            #expect(recv(pair.client, &buffer, 64, 0) == 0)
            close(pair.client)
            let rest = records()
            #expect(recorded(rest, of: client).map(\.result) == [0], "the end of the stream")
            let last = rest.compactMap { record -> ps_socket_sum? in
                if case .socketSum(let sum) = record, sum.socket_inode == client { sum } else { nil }
            }
            #expect(last.map(\.receives) == [100] && last.map(\.since_ns) == [sum.since_ns])
            #expect(sums(of: client) == nil, "it ended with the socket")
        }

        @Test func chosenSockets() throws {
            let pairs = [try LoopbackPair(), try LoopbackPair()]
            let inodes = pairs.map { LoopbackPair.inode(of: $0.client) }
            pairs.forEach { exchange($0, 7) }
            try session.setDetail(.chosen)
            #expect(session.sumUp(inode: inodes[0], now: 3))
            pairs.forEach { exchange($0, 11) }
            let all = records()
            #expect(recorded(all, of: inodes[0]).count == 14)
            #expect(recorded(all, of: inodes[1]).count == 36)
            let sum = try #require(sums(of: inodes[0]))
            #expect(sum.since_ns == 3 && sum.sends == 11 && sum.receives == 11)
            session.dropSum(inode: inodes[0])
            exchange(pairs[0], 3)
            #expect(recorded(records(), of: inodes[0]).count == 6)
            pairs.forEach {
                close($0.client)
                close($0.server)
            }
        }

        /// One call in `PS_TIMED_CALLS`, by chance: of so many calls a hundred and a half, and half of that is 7 deviations.
        @Test func whatCallsCostIsMeasured() throws {
            func counters() -> ps_counters {
                session.totals()[RecordKind.socketIO.rawValue] ?? ps_counters()
            }
            let pair = try LoopbackPair()
            let (calls, least) = (2500 * 4, UInt64(2500 * 4) / UInt64(PS_TIMED_CALLS) / 2)
            exchange(pair, calls / 4)
            #expect(records().count >= calls)
            let recorded = counters()
            #expect(recorded.timed_calls > least && recorded.timed_calls < least * 3)
            let mean = recorded.recorded_cost_ns / recorded.timed_calls
            #expect(mean > 10 && mean <= 40_000 && recorded.summed_cost_ns == 0)

            try session.setDetail(.summary)
            exchange(pair, calls / 4)
            let summed = counters()
            #expect(recorded.recorded_cost_ns == summed.recorded_cost_ns)
            let timed = summed.timed_calls - recorded.timed_calls
            #expect(timed > least && timed < least * 3 && summed.summed_cost_ns / timed > 10)
            close(pair.client)
            close(pair.server)
        }
    }
}
