// SPDX-License-Identifier: Apache-2.0
import CLibbpf
import CSystemCalls
import Glibc

/// What this kernel, with these privileges, allows. Every answer comes from trying.
public struct KernelFeatures: Sendable {
    /// BTF of the running kernel, or of the given file.
    public let btf: KernelSupport
    /// Loading any BPF program at all.
    public let bpf: KernelSupport
    /// fentry and fexit (5.5, "bpf: Introduce BPF trampoline").
    public let fentry: KernelSupport
    /// kprobes through perf events (4.17).
    public let kprobe: KernelSupport
    /// uprobes through perf events (4.17).
    public let uprobe: KernelSupport
    /// One link for many uprobes (6.6, "bpf: Add multi uprobe link"): detaches in milliseconds.
    public let uprobeMulti: KernelSupport
    /// The tracepoints of system calls, through tracefs.
    public let syscallTracepoints: KernelSupport

    private static let uprobeMultiAttachType: UInt32 = 48  // BPF_TRACE_UPROBE_MULTI

    /// Asks the kernel.
    public init(btfPath: String? = nil) {
        let kernelBTF = KernelBTF(path: btfPath)
        btf = Self.judge(kernelBTF, path: btfPath)
        bpf = Self.tryLoad(type: BPF_PROG_TYPE_RAW_TRACEPOINT, attachType: 0, btfID: 0)
        fentry = kernelBTF.map(Self.askFentry) ?? .undetermined("needs BTF")
        kprobe = Self.askProbeDevice("kprobe", attributes: "CONFIG_KPROBE_EVENTS")
        uprobe = Self.askProbeDevice("uprobe", attributes: "CONFIG_UPROBE_EVENTS")
        uprobeMulti = Self.askUprobeMulti()
        syscallTracepoints =
            TraceFilesystem.path == nil
            ? .undetermined("tracefs is not mounted and could not be mounted privately (needs CAP_SYS_ADMIN)")
            : TraceFilesystem.hasEvent("syscalls", "sys_enter_close")
                ? .supported : .unsupported("the kernel has no CONFIG_FTRACE_SYSCALLS")
    }

    private static func judge(_ btf: KernelBTF?, path: String?) -> KernelSupport {
        guard let path else {
            return btf != nil
                ? .supported
                : .unsupported("no /sys/kernel/btf/vmlinux (CONFIG_DEBUG_INFO_BTF); give one with --btf FILE")
        }
        guard access(path, R_OK) == 0 else { return .unsupported("\(path) cannot be read") }
        guard let btf else { return .unsupported("\(path) is not a BTF file") }
        // A program has BTF too, or a module.
        return btf.functionID("tcp_recvmsg") != nil ? .supported : .unsupported("\(path) does not describe a kernel")
    }

    /// Loads a program that does nothing.
    private static func load(type: bpf_prog_type, attachType: UInt32, btfID: UInt32) -> Int32 {
        let instructions = [
            bpf_insn(code: 0xb7, dst_reg: 0, src_reg: 0, off: 0, imm: 0),  // r0 = 0
            bpf_insn(code: 0x95, dst_reg: 0, src_reg: 0, off: 0, imm: 0),  // exit
        ]
        var options = bpf_prog_load_opts()
        options.sz = MemoryLayout<bpf_prog_load_opts>.size
        options.expected_attach_type = bpf_attach_type(attachType)
        options.attach_btf_id = btfID
        let descriptor = bpf_prog_load(type, "ps_feature", "GPL", instructions, instructions.count, &options)
        return descriptor >= 0 ? descriptor : -errno
    }

    private static func tryLoad(type: bpf_prog_type, attachType: UInt32, btfID: UInt32) -> KernelSupport {
        let descriptor = load(type: type, attachType: attachType, btfID: btfID)
        guard descriptor < 0 else {
            close(descriptor)
            return .supported
        }
        return refusal(-descriptor)
    }

    private static func refusal(_ error: Int32) -> KernelSupport {
        switch error {
        case EPERM:
            .unsupported(
                geteuid() == 0
                    ? "refused (EPERM) although root: lockdown, a seccomp filter, or missing CAP_BPF and CAP_PERFMON"
                    : "needs root, or CAP_BPF and CAP_PERFMON")
        case EINVAL, ENOTSUP: .unsupported("not known to this kernel (\(String(cString: strerror(error))))")
        default: .undetermined(String(cString: strerror(error)))
        }
    }

    private static func askFentry(_ btf: KernelBTF) -> KernelSupport {
        guard let id = btf.functionID("__sys_connect") else { return .undetermined("BTF lists no __sys_connect") }
        let descriptor = load(type: BPF_PROG_TYPE_TRACING, attachType: UInt32(BPF_TRACE_FENTRY.rawValue), btfID: id)
        guard descriptor >= 0 else { return refusal(-descriptor) }
        defer { close(descriptor) }
        let link = bpf_raw_tracepoint_open(nil, descriptor)
        guard link >= 0 else { return .unsupported("loads, but does not attach: \(String(cString: strerror(errno)))") }
        close(link)
        return .supported
    }

    private static func askProbeDevice(_ name: String, attributes option: String) -> KernelSupport {
        access("/sys/bus/event_source/devices/\(name)/type", R_OK) == 0
            ? .supported : .unsupported("the kernel has no perf device '\(name)' (\(option))")
    }

    /// A kernel that knows the link type answers EBADF to a path that is not a regular file; an older one EINVAL.
    private static func askUprobeMulti() -> KernelSupport {
        let program = load(type: BPF_PROG_TYPE_KPROBE, attachType: uprobeMultiAttachType, btfID: 0)
        guard program >= 0 else { return .unsupported("not known to this kernel (6.6 on)") }
        defer { close(program) }
        let result = UprobeMulti.create(program: program, path: "/", offsets: [0], process: 0)
        if result >= 0 { close(result) }
        return result == -EBADF || result >= 0 ? .supported : .unsupported("not known to this kernel (6.6 on)")
    }
}
