// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// Every receive: bytes or errno, how long the call waited, what is left in the queue.
struct SocketReceiveProbe: KernelProbe {
    let name = "socket_receive"
    let records: [RecordKind] = [.socketIO, .dnsMessage, .datagramPeer]

    private static let onSock = ["tcp_recvmsg", "udp_recvmsg", "udpv6_recvmsg"]
    private static let onSocket = ["unix_stream_recvmsg", "unix_dgram_recvmsg"]
    private static let bySplice = ["tcp_splice_read", "unix_stream_splice_read"]

    var attachOptions: [AttachOption] {
        [
            AttachOption(.fentry, Self.fentry),
            AttachOption(
                .kprobe,
                (Self.onSock + Self.onSocket).flatMap { ProgramChoice.kprobes(on: $0) }
                    + Self.bySplice.flatMap { ProgramChoice.kprobes(on: $0, optional: true) }),
            AttachOption(
                .tracepoint, [ProgramChoice("raw_tp_sock_recv_length", on: "sock:sock_recv_length")],
                note: "receives carry no duration, and datagrams no sender: the tracepoint sees the return only; "
                    + "receives by splice(2) and sendfile(2) from TCP and Unix streams are not seen"),
        ]
    }

    private static var fentry: [ProgramChoice] {
        var programs: [ProgramChoice] = []
        for function in onSock {
            for count in 4...6 {
                programs.append(ProgramChoice("fexit\(count)_\(function)", on: function, arguments: count))
            }
            programs.append(ProgramChoice("fentry_\(function)", on: function))
        }
        programs += onSocket.flatMap { ProgramChoice.fentry(on: $0, arguments: 4) }
        programs += bySplice.flatMap { ProgramChoice.fentry(on: $0, arguments: 5, optional: true) }
        return programs
    }
}
