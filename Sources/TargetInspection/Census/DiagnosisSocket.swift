// SPDX-License-Identifier: Apache-2.0
import CLinuxDiag
import Glibc

/// A NETLINK_SOCK_DIAG socket (sock_diag(7)). It sees the sockets of the network namespace in which it was opened.
struct DiagnosisSocket: Sendable {
    let handle: CensusHandle

    /// Opens it in this thread's network namespace.
    init() throws(CensusError) {
        let number = Self.openHere()
        guard number >= 0 else { throw .diagnosisUnavailable("sock_diag", errno: Glibc.errno) }
        handle = CensusHandle(owning: number)
    }

    /// Opens it in the network namespace to which `namespace` (`/proc/PID/ns/net`) refers.
    ///
    /// A thread of its own enters the namespace and ends: no other thread of this process ever leaves its own.
    init(namespace: CensusHandle) throws(CensusError) {
        var visit = Visit(namespace: namespace.number)
        let failure = withUnsafeMutablePointer(to: &visit) { pointer in
            var thread = pthread_t()
            let code = pthread_create(&thread, nil, Visit.run, pointer)
            return code != 0 ? code : pthread_join(thread, nil)
        }
        guard failure == 0 else { throw .failed("the target's network namespace", errno: failure) }
        guard visit.joinError == 0 else { throw .failed("the target's network namespace", errno: visit.joinError) }
        guard visit.socket >= 0 else { throw .diagnosisUnavailable("sock_diag", errno: visit.socketError) }
        handle = CensusHandle(owning: visit.socket)
    }

    /// What the visiting thread is given, and what it brings back.
    private struct Visit {
        var namespace: Int32
        var socket: Int32 = -1
        var joinError: Int32 = 0
        var socketError: Int32 = 0

        static let run: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = { argument in
            guard let visit = argument?.assumingMemoryBound(to: Visit.self) else { return nil }
            if setns(visit.pointee.namespace, CLONE_NEWNET) != 0 {
                visit.pointee.joinError = Glibc.errno
            } else {
                visit.pointee.socket = openHere()
                visit.pointee.socketError = Glibc.errno
            }
            return nil
        }
    }

    /// A dump that stays silent for two seconds has failed: the census must not hang.
    private static func openHere() -> Int32 {
        let type = Int32(SOCK_RAW.rawValue | SOCK_CLOEXEC.rawValue)
        let number = socket(AF_NETLINK, type, NETLINK_SOCK_DIAG)
        guard number >= 0 else { return number }
        var timeout = timeval(tv_sec: 2, tv_usec: 0)
        setsockopt(number, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
        return number
    }
}
