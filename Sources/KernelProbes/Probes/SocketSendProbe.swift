// SPDX-License-Identifier: Apache-2.0

/// Every send: bytes or errno, how long the call waited, what is not yet acknowledged.
struct SocketSendProbe: KernelProbe {
    let name = "socket_send"
    let records = ["socket_io", "dns_message", "datagram_peer"]

    private static let functions = [
        "tcp_sendmsg", "udp_sendmsg", "udpv6_sendmsg", "unix_stream_sendmsg", "unix_dgram_sendmsg",
    ]

    var rungs: [Rung] {
        [
            Rung(
                .fentry,
                Self.functions.flatMap { function in
                    [
                        ProgramChoice("fexit3_\(function)", on: function),
                        ProgramChoice("fentry_\(function)", on: function),
                    ]
                }),
            Rung(
                .kprobe,
                Self.functions.flatMap { function in
                    [
                        ProgramChoice("kretprobe_\(function)", on: function),
                        ProgramChoice("kprobe_\(function)", on: function),
                    ]
                }),
            Rung(
                .tracepoint, [ProgramChoice("raw_tp_sock_send_length", on: "sock:sock_send_length")],
                note: "sends carry no duration: the tracepoint sees the return only"),
        ]
    }
}
