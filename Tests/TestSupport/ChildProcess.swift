// SPDX-License-Identifier: Apache-2.0
import Glibc
import Synchronization

/// A program that a test starts, and ends at the latest when the value goes.
public final class ChildProcess {
    public let processID: Int32
    /// As waitpid(2) gives it; `nil`: still running, or not asked yet.
    private var status: Int32?

    public struct Failure: Error, CustomStringConvertible {
        public let description: String

        public init(description: String) { self.description = description }
    }

    /// Where a child's input comes from, or its output goes to.
    enum Stream {
        case file(String)
        case descriptor(Int32)
    }

    /// Starts `arguments[0]`, found in PATH, with its output in files.
    ///
    /// - Parameter error: where standard error goes; `nil`: a pipe that nobody reads, whose other end is closed.
    public convenience init(_ arguments: [String], output: String, error: String?) throws {
        var unread: (read: Int32, write: Int32)?
        if error == nil {
            unread = try Self.pipe()
            close(unread?.read ?? -1)
        }
        defer { if let unread { close(unread.write) } }
        try self.init(
            arguments, input: .file("/dev/null"), output: .file(output),
            error: error.map { .file($0) } ?? .descriptor(unread?.write ?? -1))
    }

    init(
        _ arguments: [String], environment: [String: String] = [:], input: Stream, output: Stream, error: Stream
    ) throws {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        Self.open(STDIN_FILENO, input, O_RDONLY, &actions)
        Self.open(STDOUT_FILENO, output, O_WRONLY | O_CREAT | O_TRUNC, &actions)
        Self.open(STDERR_FILENO, error, O_WRONLY | O_CREAT | O_TRUNC, &actions)
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
        var argumentPointers = arguments.map { strdup($0) } + [nil]
        var environmentPointers = Self.merged(environment).map { strdup($0) } + [nil]
        defer { for pointer in argumentPointers + environmentPointers { free(pointer) } }
        var started: pid_t = 0
        let code = Self.spawning.withLock { _ in
            posix_spawnp(&started, arguments[0], &actions, &attributes, &argumentPointers, &environmentPointers)
        }
        guard code == 0 else {
            throw Failure(description: "\(arguments[0]) cannot be started: \(String(cString: strerror(code)))")
        }
        processID = started
    }

    deinit {
        if isRunning { kill(SIGKILL) }
        if status == nil { reap() }
    }

    public var isRunning: Bool {
        if status == nil {
            var found: Int32 = 0
            if waitpid(processID, &found, WNOHANG) == processID { status = found }
        }
        return status == nil
    }

    public func kill(_ signal: Int32) { _ = Glibc.kill(processID, signal) }

    /// Waits for its end and gives the exit code, or the negative number of the signal that ended it.
    public func exitCode(within seconds: Double = 60) throws -> Int32 {
        try waitUntil("process \(processID) to end", within: seconds) { !self.isRunning }
        return code
    }

    /// The same, however long it takes.
    func reapedCode() -> Int32 {
        if status == nil { reap() }
        return code
    }

    private var code: Int32 {
        guard let status else { return -1 }
        return status & 0x7f == 0 ? status >> 8 & 0xff : -(status & 0x7f)
    }

    private func reap() {
        var found: Int32 = 0
        while waitpid(processID, &found, 0) < 0 && errno == EINTR {}
        status = found
    }

    /// No other child may inherit a pipe in the moment before it is marked: its end would never be seen.
    private static let spawning = Mutex<Void>(())

    static func pipe() throws -> (read: Int32, write: Int32) {
        try spawning.withLock { _ in
            var ends: [Int32] = [-1, -1]
            guard Glibc.pipe(&ends) == 0 else { throw Failure(description: "no pipe: errno \(errno)") }
            for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
            return (ends[0], ends[1])
        }
    }

    private static func open(
        _ descriptor: Int32, _ stream: Stream, _ flags: Int32, _ actions: inout posix_spawn_file_actions_t
    ) {
        switch stream {
        case .file(let path): posix_spawn_file_actions_addopen(&actions, descriptor, path, flags, 0o600)
        case .descriptor(let source): posix_spawn_file_actions_adddup2(&actions, source, descriptor)
        }
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
}

/// Looks every 10 ms whether something has come true.
public func waitUntil(_ what: String, within seconds: Double = 60, _ condition: () throws -> Bool) throws {
    for _ in 0..<Int(seconds * 100) {
        if try condition() { return }
        usleep(10_000)
    }
    throw ChildProcess.Failure(description: "waited \(seconds) s for \(what)")
}
