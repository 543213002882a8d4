// SPDX-License-Identifier: Apache-2.0
import Diagnosis
import Glibc
import Testing
import TestSupport

extension CommandTests {
    @Suite("An ordinary user", .enabled(if: Host.canBecomeNobody, Host.cannotBecomeNobody))
    struct OrdinaryUserTests {
        private let folder: ScratchFolder
        /// The program where that user can reach it.
        private let poolscope: String

        init() throws {
            folder = ScratchFolder()
            poolscope = folder.file("poolscope")
            let copy = try ChildProcess(
                ["cp", Poolscope.path, poolscope], output: "/dev/null", error: folder.file("error"))
            #expect(try copy.exitCode() == 0, "\(folder.text("error"))")
            chmod(poolscope, 0o755)
        }

        @Test("record is refused: what is missing, and how to get it")
        func record() throws {
            let trace = folder.file("x.pscope")
            try Poolscope.expectRefusal(
                ["record", "--pid", "1", "-o", trace], prefix: Host.asNobody, path: poolscope,
                says: "poolscope: Recording needs CAP_SYS_PTRACE, CAP_PERFMON, CAP_BPF, CAP_NET_ADMIN, "
                    + "CAP_DAC_READ_SEARCH.",
                remedy: "Run it as root: sudo poolscope record")
            #expect(access(trace, F_OK) != 0)
        }

        @Test(
            "With the five capabilities record works, whoever's the process is",
            .enabled(if: Host.canRecord, Host.cannotRecord))
        func capabilities() throws {
            let five = "+sys_ptrace,+bpf,+perfmon,+net_admin,+dac_read_search"
            let target = try ChildProcess(["sleep", "1000"], output: "/dev/null", error: "/dev/null")
            let trace = folder.file("x.pscope")
            usleep(100_000)
            let outcome = try Poolscope.run(
                ["record", "--pid", "\(target.processID)", "-o", trace, "--duration", "500ms", "--census", "100ms"],
                prefix: Host.asNobody + ["--inh-caps", five, "--ambient-caps", five], path: poolscope)
            #expect(outcome.exitCode == 0, "\(outcome)")
            #expect(outcome.output.contains("ended: duration"))
        }

        @Test("plan of another's process is refused")
        func plan() throws {
            try Poolscope.expectRefusal(
                ["plan", "--pid", "\(getpid())"], prefix: Host.asNobody, path: poolscope,
                says: "of process \(getpid()): Permission denied.", remedy: "Run as root")
        }

        @Test("doctor says so, with exit code 2")
        func doctor() throws {
            let outcome = try Poolscope.run(["doctor"], prefix: Host.asNobody, path: poolscope)
            #expect(outcome.exitCode == 2)
            #expect(outcome.output.contains("privileges: not supported\n  missing: CAP_SYS_PTRACE"))
            #expect(outcome.output.contains("Remedy: run as root"))
        }

        @Test("A trace that only root may read")
        func privateTrace() throws {
            let trace = folder.write("x.pscope", [1, 2, 3])
            chmod(trace, 0o600)
            try Poolscope.expectRefusal(
                ["analyze", trace], prefix: Host.asNobody, path: poolscope,
                says: "Cannot open trace file \(trace): Permission denied.", remedy: "copy the file")
        }
    }
}
