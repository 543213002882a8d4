// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// Every bind(2) with address and result.
struct SocketBindProbe: KernelProbe {
    let name = "socket_bind"
    let records: [RecordKind] = [.socketBind]

    var attachOptions: [AttachOption] {
        [
            AttachOption(.fentry, [ProgramChoice("fexit_sys_bind", on: "__x64_sys_bind")]),
            AttachOption(.kprobe, [ProgramChoice("kretprobe_sys_bind", on: "__x64_sys_bind")]),
            AttachOption(.tracepoint, [ProgramChoice("tp_exit_bind", on: "syscalls:sys_exit_bind")]),
        ]
    }
}
