// SPDX-License-Identifier: Apache-2.0
import Diagnosis
import Glibc
import TestSupport

/// A running `loopback.c`, in a folder of its own.
final class Loopback {
    let folder: ScratchFolder
    let program: String
    private let process: ChildProcess
    var processID: Int32 { process.processID }
    var isRunning: Bool { process.isRunning }

    /// - Parameters:
    ///   - pause: microseconds between two rounds.
    ///   - rounds: How many, from SIGUSR1 on; 0: for ever, and at once.
    ///   - isUnread: It sends until nothing more fits, and never receives.
    ///   - compilerOptions: such as `-static`.
    ///   - prefix: a command that starts it: the program's path follows.
    init(
        pause: Int = 2000, rounds: Int = 0, isUnread: Bool = false, compilerOptions: [String] = [],
        prefix: [String] = []
    ) throws {
        let folder = ScratchFolder()
        let program = folder.file("loopback")
        try Self.compile(to: program, compilerOptions, folder)
        process = try ChildProcess(
            prefix + [program, "\(pause)", "\(rounds)"] + (isUnread ? ["unread"] : []),
            output: folder.file("loopback.out"),
            error: folder.file("loopback.err"))
        self.folder = folder
        self.program = program
        try waitUntil("loopback to be ready") { folder.text("loopback.out").contains("ready") }
    }

    func exitCode() throws -> Int32 { try process.exitCode() }

    func kill(_ signal: Int32) { process.kill(signal) }

    private static func compile(to program: String, _ options: [String], _ folder: ScratchFolder) throws {
        let source = #filePath.split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" } + "/loopback.c"
        let compiler = try ChildProcess(
            ["cc", "-O1", "-pthread", "-o", program, source] + options, output: "/dev/null",
            error: folder.file("cc.err"))
        guard try compiler.exitCode() == 0 else { throw ChildProcess.Failure(description: folder.text("cc.err")) }
    }
}
