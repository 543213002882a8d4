// SPDX-License-Identifier: Apache-2.0
import CLibbpf
import CSystemCalls
import Glibc

/// A kretprobe that has room for thousands of calls in flight.
///
/// The kernel keeps one instance for each call that has not returned, of every process of the host, and by default as
/// few as one per CPU (without preemption; else 10 or two per CPU, kernel/kprobes.c `register_kretprobe`). A few readers
/// that block in `tcp_recvmsg` take all of them, and the target's returns are missed. perf_event_open(2) has no setting
/// for it, an event in tracefs has: `r[MAXACTIVE]:GROUP/EVENT FUNCTION` (Documentation/trace/kprobetrace.rst).
final class KretprobeEvent {
    /// KRETPROBE_MAXACTIVE_MAX of kernel/trace/trace_kprobe.c.
    static let maximumCalls = 4096
    private static let groupPrefix = "poolscope_"

    /// `GROUP/EVENT`.
    let name: String

    /// `nil`: tracefs is not there, or refused.
    init?(function: String, calls: Int) {
        Self.removeAbandoned
        name = "\(Self.groupPrefix)\(getpid())/return_\(function)"
        guard Self.write("r\(calls):\(name) \(function)") else { return nil }
    }

    /// The perf event must be closed before: the kernel keeps an event that is in use.
    deinit { _ = Self.write("-:\(name)") }

    /// Once per process: removes the events of recorders that were killed. Those in use are refused by the kernel.
    private static let removeAbandoned: Void = {
        guard let root = TraceFilesystem.path, let events = read("\(root)/kprobe_events") else { return }
        for line in events.split(separator: "\n") {
            guard let name = line.split(separator: " ").first?.split(separator: ":").last,
                name.hasPrefix(groupPrefix), let group = name.split(separator: "/").first,
                let process = Int32(group.dropFirst(groupPrefix.count)),
                process == getpid() || (kill(process, 0) != 0 && errno == ESRCH)
            else { continue }
            _ = write("-:\(name)")
        }
    }()

    private static func write(_ command: String) -> Bool {
        guard let root = TraceFilesystem.path else { return false }
        // Without O_APPEND and with O_TRUNC all events of the host would be removed.
        let descriptor = open("\(root)/kprobe_events", O_WRONLY | O_APPEND | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        let bytes = Array((command + "\n").utf8)
        return Glibc.write(descriptor, bytes, bytes.count) == bytes.count
    }

    private static func read(_ path: String) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var text: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 4096)
        while text.count < 1 << 20 {
            let length = Glibc.read(descriptor, &piece, piece.count)
            guard length > 0 else { break }
            text += piece[..<length]
        }
        return String(decoding: text, as: UTF8.self)
    }
}
