// SPDX-License-Identifier: Apache-2.0
import Glibc
import Testing
import TestSupport

extension CommandTests {
    @Suite("Which processes are recorded, and which refused", .enabled(if: Host.isRoot, Host.isNotRoot))
    struct RecordTargetTests {
        private let folder = ScratchFolder()

        private func trace() -> String { folder.file("x.pscope") }

        private func expectRefusal(of processID: Int32, says cause: String, remedy: String) throws {
            let trace = self.trace()
            try Poolscope.expectRefusal(
                ["record", "--pid", "\(processID)", "-o", trace], says: "poolscope: " + cause, remedy: remedy)
            try Poolscope.expectRefusal(["plan", "--pid", "\(processID)"], says: "poolscope: " + cause, remedy: remedy)
            #expect(access(trace, F_OK) != 0, "nothing was recorded: there must be no file")
        }

        @Test("A PID that nobody has")
        func noSuchProcess() throws {
            // Above kernel.pid_max, which is 2^22 at most.
            try expectRefusal(of: 4_999_999, says: "There is no process with PID 4999999.", remedy: "`ps -e`")
        }

        @Test("A zombie")
        func zombie() throws {
            let child = try ChildProcess(["true"], output: "/dev/null", error: folder.file("error"))
            var information = siginfo_t()
            waitid(P_PID, id_t(child.processID), &information, WEXITED | WNOWAIT)
            try expectRefusal(
                of: child.processID, says: "Process \(child.processID) has ended: it is a zombie",
                remedy: "give its new PID")
        }

        @Test("A kernel thread", .enabled(if: isKernelThread(2), "PID 2 is no kernel thread in this PID namespace"))
        func kernelThread() throws {
            try expectRefusal(of: 2, says: "Process 2 has no executable", remedy: "Give the PID of a running program.")
        }

        @Test("A thread's ID", .enabled(if: Host.hasCompiler, Host.hasNoCompiler))
        func thread() throws {
            let target = try Loopback()
            let thread = try #require(Self.threads(of: target.processID).first { $0 != target.processID })
            try expectRefusal(
                of: thread, says: "\(thread) is not a process, but a thread of process \(target.processID)",
                remedy: "Give the PID \(target.processID).")
        }

        @Test("poolscope itself")
        func itself() throws {
            let command = "exec \(Poolscope.path) record --pid $$ -o \(trace())"
            let shell = try ChildProcess(["sh", "-c", command], output: "/dev/null", error: folder.file("error"))
            #expect(try shell.exitCode() == 2)
            #expect(folder.text("error").contains("poolscope cannot record itself."))
        }

        @Test("A script is recorded as its interpreter", .enabled(if: Host.canRecord, Host.cannotRecord))
        func script() throws {
            chmod(folder.write("script", Array("#!/bin/sh\nread -r line\n".utf8)), 0o755)
            let child = try ChildProcess(
                [
                    "sh", "-c",
                    "mkfifo \(folder.file("input")); exec \(folder.file("script")) <>\(folder.file("input"))",
                ],
                output: "/dev/null", error: "/dev/null")
            try waitUntil("the script") { Self.name(of: child.processID) == "script" }
            let outcome = try Poolscope.run(
                ["record", "--pid", "\(child.processID)", "-o", trace(), "--duration", "200ms"])
            #expect(outcome.exitCode == 0, "\(outcome)")
            #expect(outcome.error.contains("is a program that is not Go: no pool of its runtime is known"))
        }

        @Test(
            "C programs: sockets, and a note that no pool is known",
            .enabled(if: Host.canRecord && Host.hasCompiler, Host.cannotRecord),
            arguments: [
                ([], "is a program that is not Go"), (["-static"], "is a statically linked program that is not Go"),
            ])
        func cProgram(_ options: [String], _ note: String) throws {
            let target = try Loopback(compilerOptions: options)
            let outcome = try Poolscope.run(
                ["record", "--pid", "\(target.processID)", "-o", trace(), "--duration", "700ms"])
            #expect(outcome.exitCode == 0, "\(outcome)")
            #expect(outcome.error.contains("note: \(target.program) \(note): no pool of its runtime is known."))
            #expect(outcome.output.contains("No known pool library was found in the target."))
            #expect(try Self.transfers(in: trace()) > 50)
            #expect(target.isRunning)
        }

        @Test(
            "A program that was deleted, and one that only its own mount namespace has",
            .enabled(if: Host.canRecord && Host.hasCompiler, Host.cannotRecord), arguments: [false, true])
        func unreachableProgram(_ isElsewhere: Bool) throws {
            let disk = folder.folder("disk")
            // The mount is made in a namespace of its own and goes with it.
            let script = "mount -t tmpfs none \(disk) && cp \"$0\" \(disk)/loopback && exec \(disk)/loopback \"$1\""
            let target = try Loopback(prefix: isElsewhere ? ["unshare", "-m", "sh", "-c", script] : [])
            if !isElsewhere { unlink(target.program) }
            let outcome = try Poolscope.run(
                ["record", "--pid", "\(target.processID)", "-o", trace(), "--duration", "700ms"])
            #expect(outcome.exitCode == 0, "\(outcome)")
            #expect(!outcome.error.contains("(deleted)"))
            #expect(try Self.transfers(in: trace()) > 50)
        }

        private static func transfers(in trace: String) throws -> Int {
            let outcome = try Poolscope.run(["show", trace, "--kind", "socket_io"])
            #expect(outcome.exitCode == 0, "\(outcome.error)")
            return outcome.output.split(separator: "\n").count
        }

        private static func threads(of processID: Int32) -> [Int32] {
            guard let folder = opendir("/proc/\(processID)/task") else { return [] }
            defer { closedir(folder) }
            var threads: [Int32] = []
            while let entry = readdir(folder) {
                let name = withUnsafePointer(to: &entry.pointee.d_name) {
                    $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
                }
                if let thread = Int32(name) { threads.append(thread) }
            }
            return threads
        }

        private static func name(of processID: Int32) -> String {
            guard let stream = fopen("/proc/\(processID)/comm", "rb") else { return "" }
            defer { fclose(stream) }
            var name = [CChar](repeating: 0, count: 32)
            fgets(&name, 32, stream)
            return String(decoding: name.prefix { $0 != 0 && $0 != 10 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }

        private static func isKernelThread(_ processID: Int32) -> Bool {
            var buffer = [CChar](repeating: 0, count: 64)
            return access("/proc/\(processID)/stat", F_OK) == 0 && readlink("/proc/\(processID)/exe", &buffer, 64) < 0
        }
    }
}
