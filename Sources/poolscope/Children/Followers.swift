// SPDX-License-Identifier: Apache-2.0
import Glibc
import Recording

/// The recordings of the processes that a recorded one starts: each by a poolscope of its own, into a trace of its own.
final class Followers {
    /// At once. A service that forks for each request is not to fill the host with recorders.
    private static let limit = 32

    private let command: RecordCommand
    private let started = ContinuousClock.now
    private var running: [(recorder: pid_t, trace: String)] = []
    private var names: Set<String> = []
    /// What has been recorded, or is.
    private(set) var traces: [String] = []
    private var refused = 0

    init(of command: RecordCommand) { self.command = command }

    /// Starts to record a process, or the new program of one.
    func record(_ processID: Int32) {
        reap()
        guard running.count < Self.limit else {
            refused += 1
            if refused == 1 { note("more than \(Self.limit) processes at once: the further ones are not followed.") }
            return
        }
        let remaining = command.recording.duration.map { $0.duration - (ContinuousClock.now - started) }
        let trace = name(for: processID)
        let arguments = command.arguments(processID: processID, output: trace, remaining: remaining)
        guard let recorder = Self.spawn(arguments) else {
            note("process \(processID) is not followed: \(String(cString: strerror(errno)))")
            return
        }
        running.append((recorder, trace))
        traces.append(trace)
        if !command.quiet { note("Recording process \(processID), too, into \(trace).") }
    }

    /// Ends the recordings; after the end of the process itself only those that are left when a signal or the time comes.
    func finish(after end: RecordingEnd) {
        let deadline = command.recording.duration.map { started + $0.duration }
        var mayRun = end == .targetExited || end == .targetExecuted
        if mayRun, !running.isEmpty, !command.quiet {
            note("\(running.count) of the processes that it started are still recorded. Ctrl-C ends it.")
        }
        while !running.isEmpty {
            if !mayRun { running.forEach { kill($0.recorder, SIGINT) } }
            repeat {
                reap()
                if running.isEmpty { return }
                mayRun = mayRun && !Self.isStopped() && deadline.map { ContinuousClock.now < $0 } ?? true
                usleep(50_000)
            } while mayRun
        }
    }

    private func reap() {
        running.removeAll { follower in
            var status: Int32 = 0
            guard waitpid(follower.recorder, &status, WNOHANG) == follower.recorder else { return false }
            // Without a trace it could not begin: most often the process was gone.
            if access(follower.trace, F_OK) != 0 { traces.removeAll { $0 == follower.trace } }
            return true
        }
    }

    /// SIGINT, SIGTERM and SIGHUP are blocked in this thread since the recording began, and stay pending.
    private static func isStopped() -> Bool {
        var signals = sigset_t()
        var none = timespec()
        sigemptyset(&signals)
        for signal in [SIGINT, SIGTERM, SIGHUP] { sigaddset(&signals, signal) }
        return sigtimedwait(&signals, nil, &none) > 0
    }

    private func name(for processID: Int32) -> String {
        let suffix = ".pscope"
        let output = command.output
        let stem = output.hasSuffix(suffix) ? String(output.dropLast(suffix.count)) : output
        var name = "\(stem).\(processID)\(suffix)"
        var number = 1
        while !names.insert(name).inserted {
            number += 1
            name = "\(stem).\(processID)-\(number)\(suffix)"
        }
        return name
    }

    /// The signals that end a recording are blocked here; the new process must not inherit that.
    private static func spawn(_ arguments: [String]) -> pid_t? {
        var attributes = posix_spawnattr_t()
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        var pointers = (["poolscope"] + arguments).map { strdup($0) } + [nil]
        defer { pointers.forEach { free($0) } }
        var recorder = pid_t()
        let result = posix_spawn(&recorder, "/proc/self/exe", nil, &attributes, &pointers, environ)
        if result != 0 { errno = result }
        return result == 0 ? recorder : nil
    }

    private func note(_ text: String) { StandardError.write("note: " + text) }
}
