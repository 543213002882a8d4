// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// Every TCP state change. A tracepoint on every kernel: no function sees more.
struct SocketStateProbe: KernelProbe {
    let name = "socket_state"
    let records: [RecordKind] = [.socketState]

    var attachOptions: [AttachOption] {
        [
            AttachOption(
                .tracepoint,
                [
                    ProgramChoice("raw_tp_inet_sock_set_state", on: "sock:inet_sock_set_state"),
                    ProgramChoice(
                        "raw_tp_inet_sock_set_state_fallback", on: "sock:inet_sock_set_state", isFallback: true),
                ])
        ]
    }
}
