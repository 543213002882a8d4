// SPDX-License-Identifier: Apache-2.0
import CSystemCalls
import Glibc

/// tracefs, which names the tracepoints of system calls. Where the host has not mounted it, it is mounted for this process
/// alone, without a place in the host's tree.
enum TraceFilesystem {
    private static let candidates = ["/sys/kernel/tracing", "/sys/kernel/debug/tracing"]

    /// Where it is found; `nil`: nowhere, and it could not be mounted.
    static let path: String? =
        candidates.first { access("\($0)/events", R_OK) == 0 } ?? detachedMount()

    static func hasEvent(_ category: String, _ name: String) -> Bool {
        path.map { access("\($0)/events/\(category)/\(name)/id", R_OK) == 0 } ?? false
    }

    /// The number by which perf_event_open(2) knows an event, such as `syscalls/sys_enter_close`.
    static func eventID(_ event: String) -> UInt64? {
        guard let path, let file = fopen("\(path)/events/\(event)/id", "re") else { return nil }
        defer { fclose(file) }
        var digits = [CChar](repeating: 0, count: 32)
        guard fgets(&digits, Int32(digits.count), file) != nil else { return nil }
        return strtoull(digits, nil, 10)
    }

    /// The descriptor stays open as long as the process lives: the path goes through it.
    private static func detachedMount() -> String? {
        let mount = ps_mount_detached("tracefs")
        return mount >= 0 ? "/proc/self/fd/\(mount)" : nil
    }
}
