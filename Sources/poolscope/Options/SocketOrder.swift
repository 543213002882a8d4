// SPDX-License-Identifier: Apache-2.0
import Diagnosis
import ArgumentParser
import TraceModel

/// By what the sockets of a trace are listed; the most first.
enum SocketOrder: String, CaseIterable, ExpressibleByArgument {
    /// Received and sent.
    case bytes
    /// Receives and sends.
    case calls
    /// Spent in receives and sends of which the duration is known.
    case time
    case leases

    /// Sorts them; equals by when they were first seen, then by inode.
    func sorted(_ sockets: [SocketTraffic]) -> [SocketTraffic] {
        sockets.map { (rank($0), $0) }.sorted { left, right in
            if left.0 != right.0 { return left.0 > right.0 }
            return (left.1.firstSeen, left.1.id.inode) < (right.1.firstSeen, right.1.id.inode)
        }.map(\.1)
    }

    private func rank(_ socket: SocketTraffic) -> UInt64 {
        switch self {
        case .bytes: socket.receives.bytes &+ socket.sends.bytes
        case .calls: socket.receives.calls &+ socket.sends.calls
        case .time:
            UInt64(clamping: socket.receives.times.total.wholeNanoseconds)
                &+ UInt64(clamping: socket.sends.times.total.wholeNanoseconds)
        case .leases: socket.leases
        }
    }
}
