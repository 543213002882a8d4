// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import TraceModel

/// TCP keepalive, as the program asks for it and censuses see it.
extension Core {
    private static let socketLevel: Int32 = 1
    private static let tcpLevel: Int32 = 6
    /// include/uapi/asm-generic/socket.h, include/uapi/linux/tcp.h
    private static let keepalive: UInt32 = 9
    private static let keepIdle: UInt32 = 4
    private static let established: UInt16 = 1

    mutating func noteOption(_ record: ps_socket_option) {
        guard record.result == 0, record.is_value_known != 0, let socket = sockets.slot(inode: record.socket_inode)
        else { return }
        if record.level == Self.socketLevel, record.name == Self.keepalive {
            sockets[socket].keepalive.isOn = record.value != 0
        } else if record.level == Self.tcpLevel, record.name == Self.keepIdle {
            // The kernel takes up to 32767 seconds (MAX_TCP_KEEPIDLE).
            sockets[socket].keepalive.idleSeconds = UInt32(clamping: min(32_767, record.value))
        }
    }

    /// A timer of this kind is the connection's keepalive, where it is established.
    mutating func noteKeepalive(_ record: ps_census_socket, _ socket: Int32) {
        if record.state == Self.established, record.timer == ps_socket_timer.keepalive.rawValue {
            sockets[socket].keepalive.isOn = true
        }
    }

    /// Books the keepalive of a connection that was found dead.
    ///
    /// - Parameter silence: before it was, in nanoseconds.
    func keepaliveUse(of socket: SocketSlot, silentFor silence: UInt64) -> KeepaliveUse {
        var use = KeepaliveUse()
        let state = sockets[socket].keepalive
        guard let isOn = state.isOn ?? (areOptionsWhole && sockets[socket].bornAt != 0 ? false : nil) else {
            use.unknown = 1
            return use
        }
        if !isOn {
            use.off = 1
            return use
        }
        use.on = 1
        guard state.idleSeconds > 0 else { return use }
        let idle = Duration.seconds(Int64(state.idleSeconds))
        use.shortestIdle = idle
        use.longestIdle = idle
        if idle < .nanoseconds(clamping: silence) { use.despite = 1 }
        return use
    }

    private var areOptionsWhole: Bool {
        guard let plan = plan, !losses.windows.contains(where: { $0.kind == nil || $0.kind == .socketOption })
        else {
            return false
        }
        return plan.kernelProbes.contains { $0.delivers(.socketOption) }
    }
}
