// SPDX-License-Identifier: Apache-2.0
import Diagnosis
import Glibc
import Testing
import TestSupport

/// The built program, run as a user would.
enum Poolscope {
    /// Beside the test bundle, or POOLSCOPE: the release binary needs less time for the same.
    static let path: String = {
        if let told = getenv("POOLSCOPE") { return String(cString: told) }
        var buffer = [CChar](repeating: 0, count: 4096)
        let length = readlink("/proc/self/exe", &buffer, buffer.count)
        let bundle = String(decoding: buffer.prefix(max(0, length)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return bundle.split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" } + "/poolscope"
    }()

    /// What a run has left.
    struct Outcome {
        let exitCode: Int32
        let output: String
        let error: String
    }

    /// Runs it to its end.
    ///
    /// - Parameter prefix: a command that runs it, such as `setpriv`.
    static func run(_ arguments: [String], prefix: [String] = [], path: String = path) throws -> Outcome {
        let folder = ScratchFolder()
        let process = try ChildProcess(
            prefix + [path] + arguments, output: folder.file("output"), error: folder.file("error"))
        let code = try process.exitCode()
        return Outcome(exitCode: code, output: folder.text("output"), error: folder.text("error"))
    }

    /// Expects a refusal as every refusal must be: exit code 2, a sentence with the cause, what to do about it, no
    /// result, and no trap.
    static func expectRefusal(
        _ arguments: [String], prefix: [String] = [], path: String = path, says cause: String, remedy: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let outcome = try run(arguments, prefix: prefix, path: path)
        #expect(outcome.exitCode == 2, "\(outcome)", sourceLocation: sourceLocation)
        #expect(outcome.error.contains(cause), sourceLocation: sourceLocation)
        #expect(outcome.error.contains(remedy), sourceLocation: sourceLocation)
        #expect(outcome.output.isEmpty, sourceLocation: sourceLocation)
        let lines = outcome.error.split(separator: "\n").filter { !$0.hasPrefix("note: ") }
        #expect((1...5).contains(lines.count), "\(outcome.error)", sourceLocation: sourceLocation)
    }
}
