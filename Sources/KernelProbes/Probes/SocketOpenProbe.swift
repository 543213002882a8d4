// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// Every socket(2) and socketpair(2), with the stack that opened it, or errno.
struct SocketOpenProbe: KernelProbe {
    let name = "socket_open"
    let records: [RecordKind] = [.socketOpen]

    var attachOptions: [AttachOption] {
        [
            AttachOption(
                .fentry,
                [
                    ProgramChoice("fexit_sys_socket", on: "__sys_socket"),
                    ProgramChoice("fexit_sys_socketpair", on: "__sys_socketpair"),
                ]),
            AttachOption(
                .kprobe,
                [
                    ProgramChoice("kretprobe_sys_socket", on: "__sys_socket"),
                    ProgramChoice("kretprobe_sys_socketpair", on: "__sys_socketpair"),
                ]),
            AttachOption(
                .tracepoint,
                [
                    ProgramChoice("tp_exit_socket", on: "syscalls:sys_exit_socket"),
                    ProgramChoice("tp_exit_socketpair", on: "syscalls:sys_exit_socketpair"),
                ]),
        ]
    }
}
