// SPDX-License-Identifier: Apache-2.0
import Glibc
import Testing
import TestSupport

extension CommandTests.WatchingTheClock {
    @Suite(
        "Processes that the target starts, and the program that it becomes",
        .enabled(if: Host.isRoot, Host.isNotRoot), .enabled(if: Host.canRecord, Host.cannotRecord))
    struct FollowTests {
        private let folder: ScratchFolder
        private let trace: String
        private let start: String

        init() throws {
            folder = ScratchFolder()
            trace = folder.file("x.pscope")
            start = folder.file("start")
        }

        /// A shell that does something as soon as the file `start` is there.
        private func shell(_ script: String) throws -> ChildProcess {
            try ChildProcess(
                ["/bin/sh", "-c", "while ! [ -e \(start) ]; do sleep 0.05; done; \(script)"],
                output: folder.file("target.out"), error: folder.file("target.err"))
        }

        private func begin() throws {
            let descriptor = open(start, O_CREAT | O_WRONLY, 0o600)
            try #require(descriptor >= 0)
            close(descriptor)
        }

        private func records(_ kind: String, in trace: String) throws -> [Substring] {
            try Poolscope.run(["show", trace, "--kind", kind]).output.split(separator: "\n")
        }

        @Test("The recording ends when the target becomes another program, and says so")
        func becomesAnother() throws {
            let target = try shell("exec sleep 60")
            let recording = try Recording(of: target.processID, to: trace)
            try begin()
            let outcome = try recording.outcome()
            target.kill(SIGKILL)
            #expect(outcome.exitCode == 0, "\(outcome)")
            #expect(outcome.error.contains("Recording ended: target became another program."))
            #expect(outcome.error.contains("or with --follow"))
            #expect(outcome.output.contains("sleep does, which the process became at"))
            #expect(try records("task_exec", in: trace).count == 1)
        }

        @Test("--follow records those that stay, and the new program, each into a trace of its own")
        func follows() throws {
            // Three that stay, and two that do not; the shell's own polls are among the latter.
            let target = try shell("sleep 2 & sleep 2 & sleep 2 & true & true & wait; exec sleep 5")
            let recording = try Recording(of: target.processID, to: trace, ["--follow"])
            try begin()
            let outcome = try recording.outcome()
            #expect(outcome.exitCode == 0, "\(outcome)")
            let also = outcome.error.split(separator: "\n").filter { $0.hasPrefix("Also recorded: ") }
                .map { String($0.dropFirst("Also recorded: ".count)) }
            #expect(also.count == 4 && also.last == folder.file("x.\(target.processID).pscope"), "\(outcome.error)")
            for trace in also {
                let report = try Poolscope.run(["analyze", trace])
                #expect(report.exitCode == 0 && report.output.contains("ended: target exited"), "\(report)")
            }
            #expect(try records("task_fork", in: trace).count >= 5)
        }

        @Test("A signal ends all of them")
        func interrupted() throws {
            let target = try shell("sleep 60 & sleep 60; true")
            let recording = try Recording(of: target.processID, to: trace, ["--follow"])
            try begin()
            let children = folder.path
            try waitUntil("the processes to be recorded") {
                (try? Poolscope.run(["show", trace, "--kind", "task_fork"]).output.contains("child")) ?? false
                    && Self.traces(in: children) == 3
            }
            recording.kill(SIGINT)
            let outcome = try recording.outcome()
            #expect(outcome.exitCode == 0, "\(outcome)")
            let also = outcome.error.split(separator: "\n").filter { $0.hasPrefix("Also recorded: ") }
                .map { String($0.dropFirst("Also recorded: ".count)) }
            #expect(also.count == 2)
            for trace in also {
                #expect(try Poolscope.run(["analyze", trace]).output.contains("ended: interrupted"))
                // The PID stands in the trace's name.
                let words = trace.split(separator: ".")
                if let processID = words.dropLast().last.flatMap({ Int32($0) }) { Glibc.kill(processID, SIGKILL) }
            }
            target.kill(SIGKILL)
        }

        private static func traces(in folder: String) -> Int {
            guard let directory = opendir(folder) else { return 0 }
            defer { closedir(directory) }
            var count = 0
            while let entry = readdir(directory) {
                let name = withUnsafeBytes(of: entry.pointee.d_name) {
                    String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
                }
                if name.hasSuffix(".pscope") { count += 1 }
            }
            return count
        }
    }
}
