// SPDX-License-Identifier: Apache-2.0
import Diagnosis
import Glibc
import Testing
import TestSupport

extension CommandTests.WatchingTheClock {
    @Suite(
        "How recordings end", .enabled(if: Host.isRoot, Host.isNotRoot),
        .enabled(if: Host.canRecord, Host.cannotRecord),
        .enabled(if: Host.hasCompiler, Host.hasNoCompiler))
    struct RecordingEndTests {
        private let folder: ScratchFolder
        private let trace: String

        init() throws {
            folder = ScratchFolder()
            trace = folder.file("x.pscope")
        }

        /// Analyses the trace and gives the report.
        private func report(_ trace: String, exitCode: Int32 = 0) throws -> String {
            let outcome = try Poolscope.run(["analyze", trace])
            #expect(outcome.exitCode == exitCode, "\(outcome)")
            return outcome.output
        }

        private func count(_ kind: String, in trace: String) throws -> Int {
            try Poolscope.run(["show", trace, "--kind", kind]).output.split(separator: "\n").count
        }

        @Test("The target ends: the trace is complete and says so")
        func targetExits() throws {
            let target = try Loopback()
            let recording = try Recording(of: target.processID, to: trace)
            try recording.grows(by: 10_000)  // more than plan and census: records of work
            target.kill(SIGKILL)
            let outcome = try recording.outcome()
            #expect(outcome.exitCode == 0, "\(outcome)")
            #expect(outcome.error.contains("Recording ended: target exited."))
            #expect(try report(trace).contains("ended: target exited"))
            #expect(try count("socket_io", in: trace) > 20)
        }

        @Test("A signal ends it in order", arguments: [SIGINT, SIGTERM, SIGHUP])
        func signal(_ signal: Int32) throws {
            let target = try Loopback()
            let recording = try Recording(of: target.processID, to: trace)
            try recording.grows(by: 1000)
            recording.kill(signal)
            let outcome = try recording.outcome()
            #expect(outcome.exitCode == 0, "\(outcome)")
            #expect(outcome.error.contains("Recording ended: interrupted."))
            #expect(try report(trace).contains("ended: interrupted"))
            #expect(target.isRunning)
        }

        @Test("kill -9: the trace is readable to the last drain, the target works on, and can be recorded again")
        func killed() throws {
            let target = try Loopback()
            let recording = try Recording(of: target.processID, to: trace)
            try recording.grows(by: 10_000)
            recording.kill(SIGKILL)
            #expect(try recording.outcome().exitCode == -SIGKILL)
            #expect(try report(trace, exitCode: 2).contains("cut off: it has no"))
            #expect(try count("socket_io", in: trace) > 100)
            // The probes went with their process.
            let again = folder.file("again.pscope")
            let outcome = try Poolscope.run(
                ["record", "--pid", "\(target.processID)", "-o", again, "--duration", "700ms"])
            #expect(outcome.exitCode == 0, "\(outcome)")
            #expect(try count("socket_io", in: again) > 50)
            #expect(target.isRunning)
        }

        @Test("Nobody reads the messages any more: the recording goes on")
        func brokenPipe() throws {
            let target = try Loopback()
            let recording = try Recording(of: target.processID, to: trace, ["--duration", "1s"], isHeard: false)
            let outcome = try recording.outcome()
            #expect(outcome.exitCode == 0, "\(outcome)")
            #expect(outcome.output.contains("ended: duration"))
        }

        @Test("The disk is full: what was recorded is kept, and the exit code is 2")
        func diskFull() throws {
            guard let disk = folder.disk("disk", kibibytes: 512) else {
                try #require(getenv("POOLSCOPE_REQUIRE_KERNEL_TESTS") == nil, "no tmpfs can be mounted")
                return
            }
            let target = try Loopback(pause: 0)
            let full = "\(disk)/x.pscope"
            let outcome = try Recording(of: target.processID, to: full, ["--duration", "60s"]).outcome()
            #expect(outcome.exitCode == 2, "\(outcome)")
            #expect(outcome.error.contains("Recording ended: disk full."))
            #expect(outcome.error.contains("poolscope: Cannot go on writing trace file \(full) ("))
            #expect(outcome.error.contains("are saved): No space left on device."))
            #expect(outcome.error.contains("free some space, or record to another disk."))
            #expect(try report(full).contains("ended: disk full"))
            #expect(try count("socket_io", in: full) > 10_000)
            #expect(target.isRunning)
        }

        @Test("While it records, it has only the privileges that it still needs, and works on with them")
        func privileges() throws {
            let target = try Loopback()
            let recording = try Recording(of: target.processID, to: trace, ["--duration", "4s", "--census", "500ms"])
            // CAP_DAC_READ_SEARCH, CAP_NET_ADMIN, CAP_SYS_PTRACE, CAP_PERFMON, CAP_BPF
            let kept = "000000c000081004"
            var status: [String: String] = [:]
            try waitUntil("privileges to be dropped") {
                status = try Self.status(of: recording.processID, folder)
                return status["CapEff"] == kept
            }
            #expect(status["CapPrm"] == kept)
            #expect(status["CapInh"] == "0000000000000000")
            #expect(status["CapAmb"] == "0000000000000000")
            #expect(status["NoNewPrivs"] == "1")
            #expect(status["Threads"] == "1", "capabilities are a thread's")
            let outcome = try recording.outcome()
            #expect(outcome.exitCode == 0, "\(outcome)")
            #expect(try report(trace).contains("ended: duration"))
            #expect(try count("census_end", in: trace) >= 5)
            #expect(try count("loss", in: trace) == 0)
            // The listener and both ends of its connection, in each census to the last; and what was inherited.
            let (sockets, ends) = (try count("census_socket", in: trace), try count("census_end", in: trace))
            #expect(sockets >= 3 * ends && sockets % ends == 0, "\(sockets) in \(ends)")
        }

        private static func status(of processID: Int32, _ folder: ScratchFolder) throws -> [String: String] {
            let reader = try ChildProcess(
                ["cat", "/proc/\(processID)/status"], output: folder.file("status"), error: "/dev/null")
            _ = try reader.exitCode()
            let fields = folder.text("status").split(separator: "\n").map { $0.split(separator: "\t") }
            return Dictionary(
                fields.compactMap { $0.count == 2 ? (String($0[0].dropLast()), String($0[1])) : nil },
                uniquingKeysWith: { first, _ in first })
        }
    }
}
