// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// The end of a socket on this side: the last reference to its file is gone.
struct SocketCloseProbe: KernelProbe {
    let name = "socket_close"
    let records: [RecordKind] = [.socketClose]

    var attachOptions: [AttachOption] {
        [
            AttachOption(.fentry, [ProgramChoice("fentry_sock_close", on: "sock_close")]),
            AttachOption(.kprobe, [ProgramChoice("kprobe_sock_close", on: "sock_close")]),
            AttachOption(
                .tracepoint, [ProgramChoice("tp_enter_close", on: "syscalls:sys_enter_close")],
                note: "closes are seen at close(2) of the only descriptor; closes by close_range, exec and exit are "
                    + "known from the census"),
        ]
    }
}
