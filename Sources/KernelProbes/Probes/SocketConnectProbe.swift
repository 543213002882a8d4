// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// Every connect(2) with peer, result and duration. io_uring's connects do not pass here.
struct SocketConnectProbe: KernelProbe {
    let name = "socket_connect"
    let records: [RecordKind] = [.socketConnect, .unixAddress]

    var attachOptions: [AttachOption] {
        [
            AttachOption(
                .fentry,
                [
                    ProgramChoice("fexit_sys_connect", on: "__sys_connect"),
                    ProgramChoice("fentry_sys_connect", on: "__sys_connect"),
                ]),
            AttachOption(
                .kprobe,
                [
                    ProgramChoice("kretprobe_sys_connect", on: "__sys_connect"),
                    ProgramChoice("kprobe_sys_connect", on: "__sys_connect"),
                ]),
            AttachOption(
                .tracepoint,
                [
                    ProgramChoice("tp_exit_connect", on: "syscalls:sys_exit_connect"),
                    ProgramChoice("tp_enter_connect", on: "syscalls:sys_enter_connect"),
                ]),
        ]
    }
}
