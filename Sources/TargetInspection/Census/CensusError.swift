// SPDX-License-Identifier: Apache-2.0
import Glibc

/// Why a census of a process's sockets could not be taken.
public struct CensusError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What kind of failure it was.
    public struct Code: Sendable, Hashable {
        private enum Kind: Sendable { case processGone, denied, unreadable, diagnosisUnavailable }
        private let kind: Kind

        /// The process has exited, or never existed.
        public static let processGone = Code(kind: .processGone)
        /// The kernel refuses to show the process to this user.
        public static let denied = Code(kind: .denied)
        /// A file of the process, or a socket to the kernel, could not be read for another reason.
        public static let unreadable = Code(kind: .unreadable)
        /// The kernel has no socket diagnosis for this family and protocol. The census falls back to `/proc`.
        public static let diagnosisUnavailable = Code(kind: .diagnosisUnavailable)
    }

    /// What the caller decides by: after `processGone` no census of the process is possible any more.
    public let code: Code
    /// What was being read, such as `/proc/4711/fd`.
    public let object: String
    /// The kernel's error number; 0: there is none.
    public let errno: Int32
    /// What the user can do about it.
    public let remedy: String

    /// For the user: what could not be read, the kernel's reason if there is one, and the remedy.
    public var description: String {
        let reason = errno == 0 ? "" : ": \(String(cString: strerror(errno)))"
        let failure =
            code == .processGone ? "The process has exited while \(object) was read" : "Cannot read \(object)\(reason)"
        return "\(failure). \(remedy)"
    }

    static func processGone(_ object: String, errno: Int32 = 0) -> Self {
        Self(code: .processGone, object: object, errno: errno, remedy: "Check the process ID, and start again.")
    }

    static func failed(_ object: String, errno: Int32) -> Self {
        if errno == EACCES || errno == EPERM {
            return Self(
                code: .denied, object: object, errno: errno,
                remedy: "Run as root, or with CAP_SYS_PTRACE and CAP_SYS_ADMIN.")
        }
        return Self(
            code: .unreadable, object: object, errno: errno,
            remedy: "Check that /proc is mounted and that this process has free descriptors.")
    }

    static func diagnosisUnavailable(_ object: String, errno: Int32) -> Self {
        Self(
            code: .diagnosisUnavailable, object: object, errno: errno,
            remedy: "Load the kernel modules tcp_diag, udp_diag and unix_diag; /proc/PID/net is read until then.")
    }
}
