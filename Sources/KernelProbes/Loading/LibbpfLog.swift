// SPDX-License-Identifier: Apache-2.0
import CLibbpf
import Glibc
import Synchronization

/// Collects what libbpf would print: its warnings are evidence for an error, not output for the user.
enum LibbpfLog {
    private static let lines = Mutex<[String]>([])

    /// Takes over libbpf's print callback. Idempotent.
    static func install() {
        _ = libbpf_set_print { level, format, arguments in
            guard let format, let arguments, level != LIBBPF_DEBUG else { return 0 }
            // The verifier's log is one message, and ends with what was wrong.
            let text = withUnsafeTemporaryAllocation(of: CChar.self, capacity: 1 << 20) { buffer in
                vsnprintf(buffer.baseAddress, buffer.count, format, arguments)
                return buffer.baseAddress.map { String(cString: $0) } ?? ""
            }
            LibbpfLog.lines.withLock { lines in
                if lines.count < 400 { lines.append(text) }
            }
            return 0
        }
    }

    /// What came since the last call.
    static func take() -> [String] {
        lines.withLock { lines in
            defer { lines = [] }
            return lines
        }
    }

    /// The program that a failed load was about: libbpf names it in `prog 'NAME': BPF program load failed`.
    static func failedProgram(in log: [String]) -> String? {
        for line in log where line.contains("prog '") && line.contains("failed") {
            let after = line.split(separator: "'", maxSplits: 2)
            if after.count >= 2 { return String(after[1]) }
        }
        return nil
    }
}
