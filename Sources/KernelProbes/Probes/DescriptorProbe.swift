// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// Which descriptor refers to which socket: install, dup, close.
struct DescriptorProbe: KernelProbe {
    let name = "descriptor"
    let records: [RecordKind] = [.descriptorOpen, .descriptorClose]

    var attachOptions: [AttachOption] {
        [
            AttachOption(
                .fentry,
                [
                    ProgramChoice("fentry_fd_install", on: "fd_install"),
                    ProgramChoice("fexit_sys_dup2", on: "__x64_sys_dup2"),
                    ProgramChoice("fexit_sys_dup3", on: "__x64_sys_dup3"),
                    ProgramChoice("fentry_sys_close", on: "__x64_sys_close"),
                ]),
            AttachOption(
                .kprobe,
                [
                    ProgramChoice("kprobe_fd_install", on: "fd_install"),
                    ProgramChoice("kretprobe_sys_dup2", on: "__x64_sys_dup2"),
                    ProgramChoice("kretprobe_sys_dup3", on: "__x64_sys_dup3"),
                    ProgramChoice("kprobe_sys_close", on: "__x64_sys_close"),
                ]),
            AttachOption(
                .tracepoint,
                ["dup", "dup2", "dup3", "fcntl"].map {
                    ProgramChoice("tp_exit_\($0)", on: "syscalls:sys_exit_\($0)")
                } + [ProgramChoice("tp_enter_close", on: "syscalls:sys_enter_close")],
                note: "descriptors passed over Unix sockets are known from the census only"),
        ]
    }
}
