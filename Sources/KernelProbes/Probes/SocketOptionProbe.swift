// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// Every setsockopt(2) of keepalive, timeouts, buffers, linger and TCP_NODELAY, with its result.
struct SocketOptionProbe: KernelProbe {
    let name = "socket_option"
    let records: [RecordKind] = [.socketOption]

    var attachOptions: [AttachOption] {
        [
            AttachOption(.fentry, [ProgramChoice("fexit_sys_setsockopt", on: "__sys_setsockopt")]),
            AttachOption(.kprobe, [ProgramChoice("kretprobe_sys_setsockopt", on: "__sys_setsockopt")]),
            AttachOption(.tracepoint, [ProgramChoice("tp_exit_setsockopt", on: "syscalls:sys_exit_setsockopt")]),
        ]
    }
}
