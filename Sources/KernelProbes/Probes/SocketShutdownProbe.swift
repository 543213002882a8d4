// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// Every shutdown(2) with its direction and result. Without a rung of tracepoints: see its BPF program.
struct SocketShutdownProbe: KernelProbe {
    let name = "socket_shutdown"
    let records: [RecordKind] = [.socketShutdown]

    var rungs: [Rung] {
        [
            Rung(.fentry, [ProgramChoice("fexit_sys_shutdown", on: "__x64_sys_shutdown")]),
            Rung(.kprobe, [ProgramChoice("kretprobe_sys_shutdown", on: "__x64_sys_shutdown")]),
        ]
    }
}
