// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import BuildCommit
import Glibc

@main
struct Poolscope: ParsableCommand {
    /// The version, as traces name it. A version that is not released yet ends with `-dev`.
    static let version = "0.2.0-dev"

    static let configuration = CommandConfiguration(
        commandName: "poolscope",
        abstract: "Names the leaks, waits and jitter of a running process's connection pools.",
        discussion: """
            Records the sockets and the pool leases of a process from outside, and says afterwards, from the trace alone, \
            which leases leak, who took them, and why the pool is slow.

            Exit codes: 0 clean, 1 findings, 2 the input or this host cannot be used, or the input is not whole.
            """,
        version: BuildCommit.name.map { "\(version) (\($0))" } ?? version,
        subcommands: [
            RecordCommand.self, TopCommand.self, AnalyzeCommand.self, SocketsCommand.self, LeasesCommand.self,
            DiffCommand.self, ShowCommand.self, RulesCommand.self, PlanCommand.self, DoctorCommand.self,
        ])

    /// ArgumentParser would exit with 64 for a wrong option; poolscope has one code for everything unusable.
    static func main() {
        do {
            var command = try parseAsRoot()
            try command.run()
            finish(code: 0)
        } catch {
            let code = exitCode(for: error)
            if let code = error as? ExitCode { finish(code: code.rawValue) }
            guard code == .validationFailure else { exit(withError: error) }
            StandardError.write(fullMessage(for: error))
            exit(withError: ExitCode(2))
        }
    }

    /// Ends the program. A result that could not be printed whole, as on a full disk, is not one.
    private static func finish(code: Int32) -> Never {
        if fflush(nil) != 0 {
            let cause = String(cString: strerror(errno))
            StandardError.write("poolscope: Cannot print the result: \(cause). Free some space, or print it elsewhere.")
            Glibc.exit(2)
        }
        Glibc.exit(code)
    }
}
