// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// Every listen(2) with address, backlog and result.
struct SocketListenProbe: KernelProbe {
    let name = "socket_listen"
    let records: [RecordKind] = [.socketListen]

    var attachOptions: [AttachOption] {
        [
            AttachOption(.fentry, [ProgramChoice("fexit_sys_listen", on: "__sys_listen")]),
            AttachOption(.kprobe, [ProgramChoice("kretprobe_sys_listen", on: "__sys_listen")]),
            AttachOption(.tracepoint, [ProgramChoice("tp_exit_listen", on: "syscalls:sys_exit_listen")]),
        ]
    }
}
