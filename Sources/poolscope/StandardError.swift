// SPDX-License-Identifier: Apache-2.0
import Glibc
import Reports

/// Messages for the user, beside the result on standard output.
enum StandardError {
    static var isTerminal: Bool { isatty(STDERR_FILENO) == 1 }

    /// Names of processes and files are in messages: nothing in them reaches the terminal as a command.
    static func write(_ text: String) {
        let line = Array((SafeText.sanitizedLines(text) + "\n").utf8)
        line.withUnsafeBytes { _ = Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }

    /// A line that the next one overwrites.
    static func writeOver(_ text: String) {
        let line = Array(("\r\u{1B}[K" + text).utf8)
        line.withUnsafeBytes { _ = Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}
