// SPDX-License-Identifier: Apache-2.0
import Glibc

/// A program started by a test, with its input and output on pipes. It is ended and reaped when the value goes.
public final class PipedProcess {
    private let process: ChildProcess
    private var input: Int32
    private let output: Int32
    private var pending: [UInt8] = []

    public var processID: Int32 { process.processID }

    public init(_ arguments: [String], environment: [String: String] = [:]) throws {
        let (childInput, input) = try ChildProcess.pipe()
        let (output, childOutput) = try ChildProcess.pipe()
        defer {
            close(childInput)
            close(childOutput)
        }
        process = try ChildProcess(
            arguments, environment: environment, input: .descriptor(childInput), output: .descriptor(childOutput),
            error: .descriptor(childOutput))
        self.input = input
        self.output = output
    }

    deinit {
        if input >= 0 { close(input) }
        close(output)
    }

    /// The next line of output; `nil`: the program closed it.
    public func readLine() -> String? {
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
    public static func startCat(_ path: String = "/bin/cat") throws -> PipedProcess {
        let child = try PipedProcess([path])
        guard write(child.input, "\n", 1) == 1, child.readLine() == "" else {
            throw ChildProcess.Failure(description: "\(path) gives nothing back")
        }
        return child
    }

    public func readAll() -> String {
        var lines: [String] = []
        while let line = readLine() { lines.append(line) }
        return lines.joined(separator: "\n")
    }

    /// Closes the program's input, which ends it, and waits. Returns its exit code, or the negative number of a signal.
    @discardableResult
    public func wait() -> Int32 {
        if input >= 0 { close(input) }
        input = -1
        return process.reapedCode()
    }

    /// Runs a program to its end. Returns its output; throws when it fails.
    @discardableResult
    public static func run(_ arguments: [String], environment: [String: String] = [:]) throws -> String {
        let child = try PipedProcess(arguments, environment: environment)
        let output = child.readAll()
        guard child.wait() == 0 else {
            throw ChildProcess.Failure(description: "\(arguments.joined(separator: " ")): \(output)")
        }
        return output
    }
}
