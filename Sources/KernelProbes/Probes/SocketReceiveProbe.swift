// SPDX-License-Identifier: Apache-2.0

/// Every receive: bytes or errno, how long the call waited, what is left in the queue.
struct SocketReceiveProbe: KernelProbe {
    let name = "socket_receive"
    let records = ["socket_io", "dns_message", "datagram_peer"]

    private static let onSock = ["tcp_recvmsg", "udp_recvmsg", "udpv6_recvmsg"]
    private static let onSocket = ["unix_stream_recvmsg", "unix_dgram_recvmsg"]

    var rungs: [Rung] {
        [
            Rung(
                .fentry,
                Self.onSock.flatMap { function in
                    (4...6).map { (count: Int) in
                        ProgramChoice("fexit\(count)_\(function)", on: function, arguments: count)
                    }
                        + [ProgramChoice("fentry_\(function)", on: function)]
                }
                    + Self.onSocket.flatMap { function in
                        [
                            ProgramChoice("fexit4_\(function)", on: function),
                            ProgramChoice("fentry_\(function)", on: function),
                        ]
                    }),
            Rung(
                .kprobe,
                (Self.onSock + Self.onSocket).flatMap { function in
                    [
                        ProgramChoice("kretprobe_\(function)", on: function),
                        ProgramChoice("kprobe_\(function)", on: function),
                    ]
                }),
            Rung(
                .tracepoint, [ProgramChoice("raw_tp_sock_recv_length", on: "sock:sock_recv_length")],
                note: "receives carry no duration, and datagrams no sender: the tracepoint sees the return only"),
        ]
    }
}
