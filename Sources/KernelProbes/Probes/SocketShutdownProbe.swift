// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// Every shutdown(2) with its direction and result. Not by tracepoints: see its BPF program.
struct SocketShutdownProbe: KernelProbe {
    let name = "socket_shutdown"
    let records: [RecordKind] = [.socketShutdown]

    var attachOptions: [AttachOption] {
        [
            AttachOption(.fentry, [ProgramChoice("fexit_sys_shutdown", on: "__x64_sys_shutdown")]),
            AttachOption(.kprobe, [ProgramChoice("kretprobe_sys_shutdown", on: "__x64_sys_shutdown")]),
        ]
    }
}
