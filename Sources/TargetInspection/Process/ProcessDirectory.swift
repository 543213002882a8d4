// SPDX-License-Identifier: Apache-2.0
import Glibc

/// An open `/proc/PID`. It stays bound to its process: when that has ended, reads fail, also if the PID is used again.
final class ProcessDirectory: Sendable {
    let processID: Int32
    let descriptor: Int32

    init(processID: Int32) throws(InspectionError) {
        guard processID > 0 else { throw .noSuchProcess(processID) }
        descriptor = open("/proc/\(processID)", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        self.processID = processID
        guard descriptor >= 0 else {
            if errno == ENOENT { throw .noSuchProcess(processID) }
            throw .process(processID, cannot: "open the /proc entry", errorNumber: errno)
        }
    }

    deinit { close(descriptor) }

    /// The content of a small file of the directory.
    func read(_ name: String) throws(InspectionError) -> [UInt8] {
        let file = openat(descriptor, name, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw failure(name) }
        defer { close(file) }
        var content: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let got = Glibc.read(file, &chunk, chunk.count)
            if got < 0 && errno == EINTR { continue }
            guard got >= 0 else { throw failure(name) }
            if got == 0 { return content }
            content += chunk[..<got]
        }
    }

    func readText(_ name: String) throws(InspectionError) -> String {
        String(decoding: try read(name), as: UTF8.self)
    }

    func linkTarget(_ name: String) throws(InspectionError) -> String {
        var buffer = [UInt8](repeating: 0, count: 4096)
        let length: Int = buffer.withUnsafeMutableBytes {
            guard let base = $0.baseAddress else { return -1 }
            return readlinkat(descriptor, name, base.assumingMemoryBound(to: CChar.self), $0.count)
        }
        guard length >= 0 else {
            // A kernel thread and a zombie have no executable.
            if errno == ENOENT, name == "exe" { throw .kernelThread(processID) }
            throw failure(name)
        }
        return String(decoding: buffer[..<length], as: UTF8.self)
    }

    /// The state letter and the start time (clock ticks since boot) in `stat`; see proc_pid_stat(5), fields 3 and 22.
    func status() -> (state: Character, startTime: UInt64)? {
        guard let text = try? readText("stat"), let nameEnd = text.lastIndex(of: ")") else { return nil }
        let fields = text[text.index(after: nameEnd)...].split(separator: " ")
        guard fields.count > 19, let state = fields[0].first, let startTime = UInt64(fields[19]) else { return nil }
        return (state, startTime)
    }

    /// `Tgid` of `status`: the process, also when the directory is that of one of its threads.
    var threadGroup: Int32? {
        guard let text = try? readText("status") else { return nil }
        let line = text.split(separator: "\n").first { $0.hasPrefix("Tgid:") }
        return line.flatMap { Int32($0.dropFirst("Tgid:".count).filter(\.isNumber)) }
    }

    private func failure(_ name: String) -> InspectionError {
        let number = errno
        // The process may end between two reads of its directory.
        if number == ESRCH || faccessat(descriptor, "stat", F_OK, 0) != 0 { return .processExited(processID) }
        return .process(processID, cannot: "read `\(name)`", errorNumber: number)
    }
}
