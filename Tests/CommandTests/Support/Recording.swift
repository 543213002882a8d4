// SPDX-License-Identifier: Apache-2.0
import Diagnosis
import Glibc
import TestSupport

/// A running `poolscope record`.
final class Recording {
    let trace: String
    private let process: ChildProcess
    private let folder: ScratchFolder
    var processID: Int32 { process.processID }

    /// Starts it and waits until its probes are armed and its file is begun.
    ///
    /// - Parameter isHeard: `false`: nobody reads what it says on standard error.
    init(of target: Int32, to trace: String, _ arguments: [String] = [], isHeard: Bool = true) throws {
        let folder = ScratchFolder()
        let process = try ChildProcess(
            [Poolscope.path, "record", "--pid", "\(target)", "-o", trace] + arguments,
            output: folder.file("output"), error: isHeard ? folder.file("error") : nil)
        self.trace = trace
        self.folder = folder
        self.process = process
        try waitUntil("the trace to begin: \(folder.text("error"))") { Self.size(of: trace) > 0 || !process.isRunning }
    }

    static func size(of path: String) -> Int {
        var status = stat()
        return stat(path, &status) == 0 ? Int(status.st_size) : 0
    }

    /// Waits until the file has grown by `bytes` over what it holds now.
    func grows(by bytes: Int) throws {
        let start = Self.size(of: trace)
        try waitUntil("the trace to grow") { Self.size(of: trace) >= start + bytes }
    }

    func kill(_ signal: Int32) { process.kill(signal) }

    func outcome() throws -> Poolscope.Outcome {
        let code = try process.exitCode()
        return Poolscope.Outcome(exitCode: code, output: folder.text("output"), error: folder.text("error"))
    }
}
