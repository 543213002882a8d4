// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// Every send: bytes or errno, how long the call waited, what is not yet acknowledged.
struct SocketSendProbe: KernelProbe {
    let name = "socket_send"
    let records: [RecordKind] = [.socketIO, .dnsMessage, .datagramPeer]

    private static let functions = [
        "tcp_sendmsg", "udp_sendmsg", "udpv6_sendmsg", "unix_stream_sendmsg", "unix_dgram_sendmsg",
    ]
    /// Until 6.4.
    private static let byPage = ["tcp_sendpage", "unix_stream_sendpage"]

    var attachOptions: [AttachOption] {
        [
            AttachOption(
                .fentry,
                Self.functions.flatMap { ProgramChoice.fentry(on: $0, arguments: 3) }
                    + Self.byPage.flatMap { ProgramChoice.fentry(on: $0, arguments: 5, optional: true) }),
            AttachOption(
                .kprobe,
                Self.functions.flatMap { ProgramChoice.kprobes(on: $0) }
                    + Self.byPage.flatMap { ProgramChoice.kprobes(on: $0, optional: true) }),
            AttachOption(
                .tracepoint, [ProgramChoice("raw_tp_sock_send_length", on: "sock:sock_send_length")],
                note: "sends carry no duration: the tracepoint sees the return only"),
        ]
    }
}
