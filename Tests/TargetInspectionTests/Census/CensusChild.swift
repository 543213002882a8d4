// SPDX-License-Identifier: Apache-2.0
import CLinuxDiag
import Glibc
import Synchronization
import Testing

@testable import TargetInspection

/// A child process that sleeps and holds given sockets, ended and reaped with its last reference.
final class CensusChild: Sendable {
    let processID: Int32
    private let isReaped = Mutex(false)

    /// Starts `sleep`; it inherits `sockets` as descriptors from 100 on, `copies` times each, and 0 to 2.
    init(holding sockets: [CensusTestSocket], copies: Int = 1) throws {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        // The numbers from 100 on may be in use here: the sources go out of their way first.
        let parked = try sockets.map { try CensusTestSocket(owning: fcntl($0.descriptor, F_DUPFD_CLOEXEC, 5000)) }
        var next: Int32 = 100
        for socket in parked {
            for _ in 0..<copies {
                posix_spawn_file_actions_adddup2(&actions, socket.descriptor, next)
                next += 1
            }
        }
        Self.closeAll(3..<100, &actions)
        Self.closeAll(next..<max(next, Self.highestDescriptor + 64), &actions)
        processID = try Self.spawn(["sleep", "600"], &actions)
    }

    func kill() { _ = Glibc.kill(processID, SIGKILL) }

    func reap() {
        isReaped.withLock { isReaped in
            if !isReaped { waitpid(processID, nil, 0) }
            isReaped = true
        }
    }

    deinit {
        kill()
        reap()
    }

    private static var highestDescriptor: Int32 {
        let directory = CensusHandle(owning: open("/proc/self/fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC))
        return DirectoryNumbers.read(directory).max() ?? 0
    }

    /// Other tests open descriptors meanwhile, not all of them to be closed by exec. Closing a free number does nothing.
    private static func closeAll(_ numbers: Range<Int32>, _ actions: inout posix_spawn_file_actions_t) {
        for number in numbers { posix_spawn_file_actions_addclose(&actions, number) }
    }

    private static func spawn(_ arguments: [String], _ actions: inout posix_spawn_file_actions_t) throws -> Int32 {
        var processID: Int32 = 0
        var pointers = arguments.map { strdup($0) } + [nil]
        defer { pointers.forEach { free($0) } }
        let code = posix_spawnp(&processID, arguments[0], &actions, nil, &pointers, environ)
        try #require(code == 0, "cannot start \(arguments[0]): \(String(cString: strerror(code)))")
        return processID
    }

    /// Runs a command to its end and returns its standard output; `nil`: it is not installed.
    static func output(of arguments: [String]) throws -> String? {
        var ends: [Int32] = [-1, -1]
        try #require(pipe(&ends) == 0)
        defer { close(ends[0]) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
        closeAll(3..<(highestDescriptor + 64), &actions)
        guard let child = try? spawn(arguments, &actions) else {
            close(ends[1])
            return nil
        }
        close(ends[1])
        var output: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while case let count = read(ends[0], &buffer, buffer.count), count > 0 { output += buffer[..<count] }
        var status: Int32 = 0
        waitpid(child, &status, 0)
        try #require(status == 0, "\(arguments) ended with status \(status)")
        return String(decoding: output, as: UTF8.self)
    }

    /// Runs `body` on a thread of its own that is in the network namespace `descriptor`, and then ends.
    static func inNamespace<Result>(_ descriptor: Int32, _ body: @escaping () throws -> Result) throws -> Result {
        var result: Swift.Result<Result, any Error>?
        func run() throws -> Result {
            try #require(setns(descriptor, CLONE_NEWNET) == 0)
            return try body()
        }
        let box = Unmanaged.passRetained(CensusThreadBody { result = Swift.Result { try run() } })
        var thread = pthread_t()
        try #require(
            pthread_create(
                &thread, nil,
                { argument in
                    guard let argument else { return nil }
                    Unmanaged<CensusThreadBody>.fromOpaque(argument).takeRetainedValue().run()
                    return nil
                }, box.toOpaque()) == 0)
        pthread_join(thread, nil)
        return try #require(result).get()
    }
}

/// What a thread runs: a C function pointer captures nothing.
private final class CensusThreadBody {
    let run: () -> Void

    init(_ run: @escaping () -> Void) { self.run = run }
}
