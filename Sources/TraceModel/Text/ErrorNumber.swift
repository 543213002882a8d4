// SPDX-License-Identifier: Apache-2.0

/// An errno of Linux as people know it: the numbers are those of include/uapi/asm-generic/errno.h.
public enum ErrorNumber {
    private static let names: [Int32: (name: String, text: String)] = [
        1: ("EPERM", "forbidden by a local firewall or policy"), 2: ("ENOENT", "no such socket file"),
        11: ("EAGAIN", "the listener's queue is full"), 13: ("EACCES", "permission denied"),
        23: ("ENFILE", "the host has no file left"), 24: ("EMFILE", "the process has no descriptor left"),
        98: ("EADDRINUSE", "address in use"), 99: ("EADDRNOTAVAIL", "no local address or port left"),
        100: ("ENETDOWN", "network is down"), 101: ("ENETUNREACH", "network unreachable"),
        103: ("ECONNABORTED", "aborted"), 104: ("ECONNRESET", "reset by the peer"), 105: ("ENOBUFS", "no buffer space"),
        110: ("ETIMEDOUT", "timed out"), 111: ("ECONNREFUSED", "refused"), 112: ("EHOSTDOWN", "host is down"),
        113: ("EHOSTUNREACH", "host unreachable"),
    ]

    /// `ECONNREFUSED (refused)`; of an errno that is not in the table `errno 93`.
    public static func text(_ number: Int32) -> String {
        names[number].map { "\($0.name) (\($0.text))" } ?? "errno \(number)"
    }
}
