// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// Every RST that a socket sends or receives.
struct SocketResetProbe: KernelProbe {
    let name = "socket_reset"
    let records: [RecordKind] = [.socketReset]

    var attachOptions: [AttachOption] {
        [
            AttachOption(
                .tracepoint,
                [
                    ProgramChoice("raw_tp_tcp_send_reset", on: "tcp:tcp_send_reset"),
                    ProgramChoice("raw_tp_tcp_receive_reset", on: "tcp:tcp_receive_reset"),
                ])
        ]
    }
}
