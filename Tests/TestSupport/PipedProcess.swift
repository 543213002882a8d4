// SPDX-License-Identifier: Apache-2.0
import Glibc
import Synchronization

/// A program started by a test, with its input and output on pipes. It is ended and reaped when the value goes.
final class ChildProcess {
    let processID: pid_t
    private var input: Int32
    private let output: Int32
    private var pending: [UInt8] = []
    private var isReaped = false

    struct StartFailed: Error { let program: String, errorNumber: Int32 }

    /// No other child may inherit a pipe in the moment before it is marked: its end would never be seen.
    private static let spawning = Mutex<Void>(())

    private static func pipe() throws -> (read: Int32, write: Int32) {
        var ends: [Int32] = [-1, -1]
        guard Glibc.pipe(&ends) == 0 else { throw StartFailed(program: "pipe", errorNumber: errno) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (ends[0], ends[1])
    }

    init(_ arguments: [String], environment: [String: String] = [:]) throws {
        (processID, input, output) = try Self.spawning.withLock { _ in
            try Self.spawn(arguments, environment: environment)
        }
    }

    private static func spawn(
        _ arguments: [String], environment: [String: String]
    ) throws -> (pid_t, Int32, Int32) {
        let (childInput, input) = try pipe()
        let (output, childOutput) = try pipe()
        defer {
            close(childInput)
            close(childOutput)
        }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawn_file_actions_adddup2(&actions, childInput, 0)
        posix_spawn_file_actions_adddup2(&actions, childOutput, 1)
        posix_spawn_file_actions_adddup2(&actions, childOutput, 2)
        defer { posix_spawn_file_actions_destroy(&actions) }
        var argumentPointers = arguments.map { strdup($0) } + [nil]
        var environmentPointers = merged(environment).map { strdup($0) } + [nil]
        defer { (argumentPointers + environmentPointers).forEach { free($0) } }
        var processID: pid_t = 0
        let result = posix_spawnp(
            &processID, arguments[0], &actions, nil, &argumentPointers, &environmentPointers)
        guard result == 0 else { throw StartFailed(program: arguments[0], errorNumber: result) }
        return (processID, input, output)
    }

    deinit {
        if !isReaped { kill(processID, SIGKILL) }
        _ = wait()
        close(output)
    }

    private static func merged(_ changes: [String: String]) -> [String] {
        var result: [String] = []
        var next = environ
        while let entry = next.pointee {
            let text = String(cString: entry)
            let name = text.prefix { $0 != "=" }
            if changes[String(name)] == nil { result.append(text) }
            next += 1
        }
        return result + changes.map { "\($0.key)=\($0.value)" }
    }

    /// The next line of output; `nil`: the program closed it.
    func readLine() -> String? {
        while true {
            if let end = pending.firstIndex(of: 10) {
                defer { pending.removeSubrange(...end) }
                return String(decoding: pending[..<end], as: UTF8.self)
            }
            var chunk = [UInt8](repeating: 0, count: 65_536)
            let got = Glibc.read(output, &chunk, chunk.count)
            if got < 0 && errno == EINTR { continue }
            guard got > 0 else { return nil }
            pending += chunk[..<got]
        }
    }

    /// Starts cat(1), or a copy of it, and waits until it runs: exec is not over when posix_spawn(3) returns.
    static func startCat(_ path: String = "/bin/cat") throws -> ChildProcess {
        let child = try ChildProcess([path])
        guard write(child.input, "\n", 1) == 1, child.readLine() == "" else {
            throw StartFailed(program: path, errorNumber: EIO)
        }
        return child
    }

    func readAll() -> String {
        var lines: [String] = []
        while let line = readLine() { lines.append(line) }
        return lines.joined(separator: "\n")
    }

    /// Closes the program's input, which ends it, and waits. Returns the wait(2) status.
    @discardableResult
    func wait() -> Int32 {
        if input >= 0 { close(input) }
        input = -1
        guard !isReaped else { return 0 }
        isReaped = true
        var status: Int32 = 0
        while waitpid(processID, &status, 0) < 0 && errno == EINTR {}
        return status
    }

    /// Runs a program to its end. Returns its output; throws when it fails.
    @discardableResult
    static func run(_ arguments: [String], environment: [String: String] = [:]) throws -> String {
        let child = try ChildProcess(arguments, environment: environment)
        let output = child.readAll()
        guard child.wait() == 0 else { throw ProgramFailed(arguments: arguments, output: output) }
        return output
    }

    struct ProgramFailed: Error { let arguments: [String], output: String }
}
