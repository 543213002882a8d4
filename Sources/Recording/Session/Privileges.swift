// SPDX-License-Identifier: Apache-2.0
import Glibc

/// Whether this process may trace another.
public enum Privileges {
    /// The capabilities that recording needs, with their bits (include/uapi/linux/capability.h).
    static let needed: [(name: String, bit: UInt64)] = [
        ("CAP_SYS_PTRACE", 19), ("CAP_PERFMON", 38), ("CAP_BPF", 39), ("CAP_NET_ADMIN", 12),
        ("CAP_DAC_READ_SEARCH", 2),
    ]
    /// CAP_SYS_ADMIN includes CAP_PERFMON and CAP_BPF, and was all there was before Linux 5.8.
    private static let systemAdministrator: UInt64 = 1 << 21
    /// CAP_DAC_OVERRIDE includes CAP_DAC_READ_SEARCH: containers have it by default, the other not.
    private static let accessOverride: UInt64 = 1 << 1

    /// The capabilities of which one is enough in place of that with `bit`.
    private static func substitute(for bit: UInt64) -> UInt64 {
        switch bit {
        case 38, 39: systemAdministrator
        case 2: accessOverride
        default: 0
        }
    }

    /// Of `held`, those that stand for the needed ones; a wider one only where the narrow one is not held.
    static func needed(of held: UInt64) -> UInt64 {
        needed.reduce(0) { kept, capability in
            let bit: UInt64 = 1 << capability.bit
            return kept | held & (held & bit != 0 ? bit : substitute(for: capability.bit))
        }
    }

    /// The effective capabilities of this process; `nil`: could not be read.
    static func effective() -> UInt64? {
        guard let file = fopen("/proc/self/status", "re") else { return nil }
        defer { fclose(file) }
        var line: UnsafeMutablePointer<CChar>?
        var capacity = 0
        defer { free(line) }
        while getline(&line, &capacity, file) > 0, let text = line {
            let fields = String(cString: text).split(whereSeparator: { $0 == "\t" || $0 == "\n" })
            if fields.count == 2, fields[0] == "CapEff:" { return UInt64(fields[1], radix: 16) }
        }
        return nil
    }

    /// The names of those that are missing.
    static func missing() -> [String] {
        guard let effective = effective() else { return [] }
        return needed.filter { effective & (1 << $0.bit | substitute(for: $0.bit)) == 0 }.map(\.name)
    }

    /// - Throws: when something is missing, with what to do.
    public static func require() throws {
        let missing = missing()
        if !missing.isEmpty { throw MissingPrivileges(names: missing) }
    }
}

/// This process may not trace another.
public struct MissingPrivileges: Error, CustomStringConvertible {
    let names: [String]

    /// For the user: the capabilities that are missing, and the remedy.
    public var description: String {
        "Recording needs \(names.joined(separator: ", ")).\nRun it as root: sudo poolscope record ..."
    }
}
