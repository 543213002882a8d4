// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// Every accept(2) with the new socket, its peer, or errno. io_uring's accepts do not pass here.
struct SocketAcceptProbe: KernelProbe {
    let name = "socket_accept"
    let records: [RecordKind] = [.socketAccept]

    var attachOptions: [AttachOption] {
        [
            AttachOption(
                .fentry,
                [
                    ProgramChoice("fexit_sys_accept4", on: "__sys_accept4"),
                    ProgramChoice("fentry_sys_accept4", on: "__sys_accept4"),
                ]),
            AttachOption(
                .kprobe,
                [
                    ProgramChoice("kretprobe_sys_accept4", on: "__sys_accept4"),
                    ProgramChoice("kprobe_sys_accept4", on: "__sys_accept4"),
                ]),
            AttachOption(
                .tracepoint,
                ["accept", "accept4"].flatMap { call in
                    [
                        ProgramChoice("tp_exit_\(call)", on: "syscalls:sys_exit_\(call)"),
                        ProgramChoice("tp_enter_\(call)", on: "syscalls:sys_enter_\(call)"),
                    ]
                }),
        ]
    }
}
