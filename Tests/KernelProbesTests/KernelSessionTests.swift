// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import Glibc
@testable import KernelProbes
import Testing
import TraceModel

extension KernelSuites {
    /// Real programs on this kernel, with this process as the target and known counts.
    @Suite(.enabled(if: KernelCapability.isThere, KernelCapability.reason))
    struct KernelSessionTests {
        @Test func recordsTheLifeOfLoopbackConnectionsExactly() throws {
            let session = try KernelSession(
                KernelSessionOptions(processID: getpid(), executablePath: "/proc/\(getpid())/exe"))
            let unavailable = session.kernelProbes.filter {
                // It has no tracepoint.
                $0.mechanism == nil && !($0.name == "socket_shutdown" && !KernelCapability.features.kprobe.isSupported)
            }
            #expect(unavailable.isEmpty, "\(unavailable)")

            let connections = 23
            let exchanges = 7
            let work = try LoopbackWork(connections: connections, exchanges: exchanges)
            #expect(!session.account().undelivered.isEmpty, "what is in the ring has not come yet")
            let records = session.drainAll()
            let mine = records.filter { work.inodes.contains($0.inode) }

            #expect(mine.count { $0.kind == .socketOpen } == connections)
            #expect(mine.count { $0.kind == .socketConnect && $0.result == 0 } == connections)
            #expect(mine.count { $0.kind == .socketAccept } == connections)
            #expect(mine.count { $0.kind == .socketIO && $0.operation == .send } == connections * exchanges)
            // Each exchange is read once; the end of file once.
            #expect(
                mine.count { $0.kind == .socketIO && $0.operation == .receive && $0.result == 3 } == connections
                    * exchanges)
            #expect(mine.count { $0.kind == .socketIO && $0.operation == .receive && $0.result == 0 } == connections)
            #expect(mine.count { $0.kind == .socketClose } == 2 * connections)
            #expect(mine.count { $0.kind == .descriptorClose } == 2 * connections)
            for record in mine where record.kind == .socketConnect || record.kind == .socketAccept {
                #expect(record.remoteAddress == [127, 0, 0, 1])
            }

            let lost = session.totals().values.reduce(0) { $0 + $1.ring_full + $1.map_full + $1.return_missed }
            #expect(lost == 0)
            let attempted = session.totals().values.reduce(0) { $0 + $1.attempted }
            #expect(attempted == UInt64(records.count), "records and losses do not add up to the attempts")
            #expect(session.account().undelivered.isEmpty)
        }

        @Test func countsWhatAFullRingLoses() throws {
            var options = KernelSessionOptions(processID: getpid(), executablePath: "/proc/\(getpid())/exe")
            options.ringBytes = 4096
            let session = try KernelSession(options)
            _ = try LoopbackWork(connections: 5, exchanges: 101)
            let records = session.drainAll()
            session.detach()
            let counters = session.totals()
            let lost = counters.values.reduce(0) { $0 + $1.ring_full }
            #expect(lost > 0)
            #expect(counters.values.reduce(0) { $0 + $1.attempted } == UInt64(records.count) + lost)
            #expect(session.account().undelivered.isEmpty)
        }

        /// Records come to lie in two parts, at the end and at the start of the ring.
        @Test func readsRecordsAroundTheEndOfTheRing() throws {
            var options = KernelSessionOptions(processID: getpid(), executablePath: "/proc/\(getpid())/exe")
            options.ringBytes = 16_384
            let session = try KernelSession(options)
            let (rounds, exchanges) = (211, 3)
            var (sent, received) = (0, 0)
            for _ in 0..<rounds {
                let work = try LoopbackWork(connections: 1, exchanges: exchanges)
                for record in session.drainAll() where work.inodes.contains(record.inode) && record.result == 3 {
                    if record.operation == .send { sent += 1 }
                    if record.operation == .receive { received += 1 }
                }
            }
            #expect(sent == rounds * exchanges && received == rounds * exchanges)
            #expect(session.malformedRecords == 0)
            #expect(session.totals().values.allSatisfy { $0.ring_full == 0 })
        }

        @Test("Where uprobe_multi is refused when it is tried, perf events take its place", arguments: [false, true])
        func refusedLinksFallBack(_ isRefused: Bool) throws {
            // Its first instruction is never reached again.
            let program = "/tmp/poolscope-kernel-tests-sleep-\(getpid())"
            // A file of its own: another process that runs the same one is a reason for perf events too.
            let copy = try #require(popen("cp /bin/sleep \(program)", "r"))
            #expect(pclose(copy) == 0)
            defer { unlink(program) }
            let image = try #require(fopen(program, "rb"))
            var header = [UInt64](repeating: 0, count: 8)
            fread(&header, 8, header.count, image)
            fclose(image)
            let entry = header[3]  // Elf64_Ehdr.e_entry; its segment is mapped where it is in the file
            var target = pid_t()
            var arguments: [UnsafeMutablePointer<CChar>?] = [strdup(program), strdup("60"), nil]
            defer { arguments.forEach { free($0) } }
            try #require(posix_spawn(&target, program, nil, nil, &arguments, environ) == 0)
            defer {
                kill(target, SIGKILL)
                waitpid(target, nil, 0)
            }
            var options = KernelSessionOptions(processID: target, executablePath: "/proc/\(target)/exe")
            options.points = [PoolProbePoint(address: 0x1000, fileOffset: entry, point: ps_pool_point())]
            options.usesPerfEvents = !KernelFeatures().uprobeMulti.isSupported
            options.refusesUprobeMulti = isRefused
            let expected = isRefused || options.usesPerfEvents ? "uprobe" : "uprobe_multi"
            let session = try KernelSession(options)
            #expect(session.pointMechanism == expected)
            session.detach()
        }

        @Test func leavesNothingOpen() throws {
            // What other tests have detached goes meanwhile.
            try expectNothingOpen()
            for _ in 0..<3 {
                let session = try KernelSession(
                    KernelSessionOptions(processID: getpid(), executablePath: "/proc/\(getpid())/exe"))
                #expect(try kernelObjects() > 0)
                _ = session.drain(limit: 1) { _, _ in }
            }
            #expect(try kernelObjects() == 0)
            let session = try KernelSession(
                KernelSessionOptions(processID: getpid(), executablePath: "/proc/\(getpid())/exe"))
            session.detach()
            _ = session.drainAll()
            _ = try LoopbackWork(connections: 2, exchanges: 3)
            #expect(session.drainAll().isEmpty, "a program runs that was detached")
            withExtendedLifetime(session) {}
        }

        @Test func leavesNothingOpenThatWasDetached() throws {
            try expectNothingOpen()
            for _ in 0..<3 {
                let session = try KernelSession(
                    KernelSessionOptions(processID: getpid(), executablePath: "/proc/\(getpid())/exe"))
                session.detach()
            }
            try expectNothingOpen()
        }

        private func expectNothingOpen() throws {
            for _ in 0..<1000 where try kernelObjects() > 0 { usleep(10_000) }
            #expect(try kernelObjects() == 0)
        }

        /// Descriptors of this process that are BPF programs, maps, links or perf events. Other suites run beside this one,
        /// but none of them makes such.
        private func kernelObjects() throws -> Int {
            let directory = try #require(opendir("/proc/self/fd"))
            defer { closedir(directory) }
            var count = 0
            while let entry = readdir(directory) {
                let name = withUnsafeBytes(of: entry.pointee.d_name) {
                    String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
                }
                var target = [CChar](repeating: 0, count: 64)
                guard readlink("/proc/self/fd/\(name)", &target, 63) > 0 else { continue }
                let text = String(decoding: target.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
                if text.hasPrefix("anon_inode:bpf") || text.contains("perf_event") { count += 1 }
            }
            return count
        }
    }
}
