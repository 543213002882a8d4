// SPDX-License-Identifier: Apache-2.0
import Glibc

/// The pid namespace of this process: pids are given, and compared in the kernel, as it sees them.
struct PidNamespace {
    /// 0: the initial namespace.
    let inode: UInt32
    /// Namespaces above this one.
    let level: UInt32

    /// PROC_PID_INIT_INO (include/linux/proc_ns.h).
    private static let initialInode: UInt64 = 0xEFFF_FFFC

    init() {
        var status = stat()
        guard stat("/proc/self/ns/pid", &status) == 0, UInt64(status.st_ino) != Self.initialInode else {
            (inode, level) = (0, 0)
            return
        }
        inode = UInt32(truncatingIfNeeded: status.st_ino)
        level = Self.ownLevel()
    }

    /// NSpid in /proc/self/status lists this process's pid in its namespace and every one below the one of the /proc
    /// mount. In a container whose /proc is its own that is one number, whatever the depth: then one level is assumed.
    private static func ownLevel() -> UInt32 {
        guard let file = fopen("/proc/self/status", "re") else { return 1 }
        defer { fclose(file) }
        var line: UnsafeMutablePointer<CChar>?
        var capacity = 0
        defer { free(line) }
        while getline(&line, &capacity, file) > 0, let text = line {
            let string = String(cString: text)
            guard string.hasPrefix("NSpid:") else { continue }
            let count = string.split(whereSeparator: { $0 == "\t" || $0 == " " || $0 == "\n" }).count - 1
            return UInt32(max(1, count - 1))
        }
        return 1
    }
}
