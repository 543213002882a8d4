// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import TraceModel

/// What the program asks of its sockets.
extension Correlator {
    private static let socketLevel: Int32 = 1
    private static let tcpLevel: Int32 = 6
    /// include/uapi/asm-generic/socket.h, include/uapi/linux/tcp.h
    private static let keepalive: UInt32 = 9
    private static let keepIdle: UInt32 = 4
    private static let established: UInt16 = 1

    mutating func take(_ record: ps_socket_option) {
        guard record.result == 0, record.is_value_known != 0, let socket = core.sockets.slot(inode: record.socket_inode)
        else { return }
        if record.level == Self.socketLevel, record.name == Self.keepalive {
            core.sockets[socket].keepalive.isOn = record.value != 0
        } else if record.level == Self.tcpLevel, record.name == Self.keepIdle {
            // The kernel takes up to 32767 seconds (MAX_TCP_KEEPIDLE).
            core.sockets[socket].keepalive.idleSeconds = UInt32(clamping: min(32_767, record.value))
        }
    }

    /// A timer of this kind is the connection's keepalive, where it is established.
    mutating func noteKeepalive(_ record: ps_census_socket, _ socket: Int32) {
        if record.state == Self.established, record.timer == ps_socket_timer.keepalive.rawValue {
            core.sockets[socket].keepalive.isOn = true
        }
    }

    /// Books the keepalive of a connection that was found dead.
    ///
    /// - Parameter silence: before it was, in nanoseconds.
    func note(_ socket: Int32, silentFor silence: UInt64, in use: inout KeepaliveUse) {
        let state = core.sockets[socket].keepalive
        guard let isOn = state.isOn ?? (areOptionsWhole && core.sockets[socket].bornAt != 0 ? false : nil) else {
            use.unknown &+= 1
            return
        }
        if !isOn {
            use.off &+= 1
            return
        }
        use.on &+= 1
        guard state.idleSeconds > 0 else { return }
        let idle = Duration.seconds(Int64(state.idleSeconds))
        use.shortestIdle = min(use.shortestIdle ?? idle, idle)
        use.longestIdle = max(use.longestIdle ?? idle, idle)
        if idle < .nanoseconds(clamping: silence) { use.despite &+= 1 }
    }

    private var areOptionsWhole: Bool {
        guard let plan = core.plan, !core.losses.windows.contains(where: { $0.kind == nil || $0.kind == .socketOption })
        else {
            return false
        }
        return plan.kernelProbes.contains { $0.delivers(.socketOption) }
    }
}
