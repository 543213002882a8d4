// SPDX-License-Identifier: Apache-2.0
import Glibc

/// A program that a test starts, and ends at the latest when the value goes.
final class ChildProcess {
    let processID: Int32
    /// As waitpid(2) gives it; `nil`: still running, or not asked yet.
    private var status: Int32?

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// Starts `arguments[0]`, found in PATH, with its output in files.
    ///
    /// - Parameter error: where standard error goes; `nil`: a pipe that nobody reads, whose other end is closed.
    init(_ arguments: [String], output: String, error: String?) throws {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        let flags = O_WRONLY | O_CREAT | O_TRUNC
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, output, flags, 0o600)
        var ends: [Int32] = [-1, -1]
        defer { for end in ends where end >= 0 { close(end) } }
        if let error {
            posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, error, flags, 0o600)
        } else {
            guard pipe(&ends) == 0 else { throw Failure(description: "no pipe: errno \(errno)") }
            close(ends[0])
            ends[0] = -1
            posix_spawn_file_actions_adddup2(&actions, ends[1], STDERR_FILENO)
        }
        // The test process may ignore or block what the program must react to.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        for signal in [SIGINT, SIGTERM, SIGPIPE] { sigaddset(&signals, signal) }
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))
        var pointers = arguments.map { strdup($0) } + [nil]
        defer { for pointer in pointers { free(pointer) } }
        var started: pid_t = 0
        let code = posix_spawnp(&started, arguments[0], &actions, &attributes, &pointers, environ)
        guard code == 0 else {
            throw Failure(description: "\(arguments[0]) cannot be started: \(String(cString: strerror(code)))")
        }
        processID = started
    }

    deinit {
        if isRunning { kill(SIGKILL) }
        if status == nil { waitpid(processID, nil, 0) }
    }

    var isRunning: Bool {
        if status == nil {
            var found: Int32 = 0
            if waitpid(processID, &found, WNOHANG) == processID { status = found }
        }
        return status == nil
    }

    func kill(_ signal: Int32) { _ = Glibc.kill(processID, signal) }

    /// Waits for its end and gives the exit code, or the negative number of the signal that ended it.
    func exitCode(within seconds: Double = 60) throws -> Int32 {
        try waitUntil("process \(processID) to end", within: seconds) { !self.isRunning }
        guard let status else { return -1 }
        return status & 0x7f == 0 ? status >> 8 & 0xff : -(status & 0x7f)
    }
}

/// Looks every 10 ms whether something has come true.
func waitUntil(_ what: String, within seconds: Double = 60, _ condition: () throws -> Bool) throws {
    for _ in 0..<Int(seconds * 100) {
        if try condition() { return }
        usleep(10_000)
    }
    throw ChildProcess.Failure(description: "waited \(seconds) s for \(what)")
}
