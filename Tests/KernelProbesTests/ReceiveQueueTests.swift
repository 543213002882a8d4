// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import Glibc
import KernelProbes
import Testing
import TraceModel

extension KernelSuites {
    /// How long data waited for the application, and what waits when it has read: timed and counted by the test itself.
    @Suite(.enabled(if: KernelCapability.isThere, KernelCapability.reason))
    struct ReceiveQueueTests {
        private let session: KernelSession

        init() throws {
            session = try KernelSession(
                KernelSessionOptions(processID: getpid(), executablePath: "/proc/\(getpid())/exe"))
        }

        private func receives(of descriptor: Int32) -> [ps_socket_io] {
            let inode = LoopbackPair.inode(of: descriptor)
            var records: [ps_socket_io] = []
            _ = session.drain(limit: 1_000_000) { kind, bytes in
                guard case .socketIO(let io) = TraceRecord(kind: kind, bytes: bytes), io.socket_inode == inode,
                    io.operation == ps_io_operation.receive.rawValue
                else { return }
                records.append(io)
            }
            return records
        }

        @Test func saysHowLongDataOfAConnectionWaited() throws {
            let pair = try LoopbackPair()
            defer { [pair.client, pair.server].forEach { close($0) } }
            var buffer = [UInt8](repeating: 0, count: 256)
            // Not too old for the clock tick: two of at most 10 ms.
            let waits: [(slept: UInt32, atLeast: UInt16)] = [
                (0, 0), (150_000, 130), (0, 0), (230_000, 210), (61_000, 41),
            ]
            var longest: [Int] = []
            for wait in waits {
                var before = timespec()
                var after = timespec()
                clock_gettime(CLOCK_MONOTONIC, &before)
                #expect(send(pair.client, buffer, 113, 0) == 113)
                if wait.slept > 0 { usleep(wait.slept) }
                #expect(recv(pair.server, &buffer, 256, 0) == 113)
                clock_gettime(CLOCK_MONOTONIC, &after)
                longest.append((after.tv_sec - before.tv_sec) * 1000 + (after.tv_nsec - before.tv_nsec) / 1_000_000 + 1)
            }
            let seen = receives(of: pair.server)
            try #require(seen.count == waits.count)
            for (record, (wait, most)) in zip(seen, zip(waits, longest)) {
                #expect(record.arrival_age_ms >= wait.atLeast, "slept \(wait.slept) us")
                #expect(Int(record.arrival_age_ms) <= most)
            }
        }

        @Test func aReceiveOfNothingHasNoAge() throws {
            let pair = try LoopbackPair()
            defer { [pair.client, pair.server].forEach { close($0) } }
            var buffer = [UInt8](repeating: 0, count: 256)
            #expect(send(pair.client, buffer, 7, 0) == 7)
            #expect(recv(pair.server, &buffer, 256, 0) == 7)
            usleep(60_000)
            #expect(recv(pair.server, &buffer, 256, Int32(MSG_DONTWAIT)) == -1)
            #expect(receives(of: pair.server).last?.arrival_age_ms == 0)
        }

        @Test func tellsWhatWaitsInTheQueueOfADatagramSocket() throws {
            let (receiver, address) = try LoopbackPair.bound(type: SOCK_DGRAM)
            let sender = socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
            defer { [receiver, sender].forEach { close($0) } }
            try #require(LoopbackPair.connect(sender, to: address) == 0)
            var buffer = [UInt8](repeating: 0, count: 256)
            let datagrams = 5
            for _ in 0..<datagrams { #expect(send(sender, buffer, 113, 0) == 113) }
            for _ in 0..<datagrams { #expect(recv(receiver, &buffer, 256, 0) == 113) }
            let queued = receives(of: receiver).map(\.queued_bytes)
            try #require(queued.count == datagrams)
            #expect(queued.dropLast().allSatisfy { $0 >= 113 })
            #expect(queued.last == 0)
        }
    }
}
