// SPDX-License-Identifier: Apache-2.0
import CLibbpf
import Glibc

/// The kernel's own type information: which functions it has, and with how many arguments.
final class KernelBTF {
    private let btf: OpaquePointer

    /// - Parameter path: a BTF file for kernels without their own; `nil`: `/sys/kernel/btf/vmlinux`.
    /// - Returns: `nil` when there is none.
    init?(path: String?) {
        LibbpfLog.install()
        let loaded = path.map { btf__parse($0, nil) } ?? btf__load_vmlinux_btf()
        guard let loaded else { return nil }
        btf = loaded
    }

    deinit { btf__free(btf) }

    /// The BTF id of a kernel function; `nil`: the kernel has none of that name, or inlined it everywhere.
    func functionID(_ name: String) -> UInt32? {
        let id = btf__find_by_name_kind(btf, name, UInt32(BTF_KIND_FUNC as Int32))
        return id > 0 ? UInt32(id) : nil
    }

    /// The number of arguments of a hook: of a kernel function, or of a tracepoint such as `tcp:tcp_retransmit_skb`.
    func argumentCount(of hook: String) -> Int? {
        let parts = hook.split(separator: ":")
        return parts.count == 2 ? tracepointArgumentCount(String(parts[1])) : argumentCount(hook)
    }

    /// `typedef void (*btf_trace_NAME)(void *, ...)`: the first argument is the probe's own data.
    private func tracepointArgumentCount(_ name: String) -> Int? {
        let id = btf__find_by_name_kind(btf, "btf_trace_\(name)", UInt32(BTF_KIND_TYPEDEF))
        guard id > 0, let pointer = btf__type_by_id(btf, UInt32(id)).flatMap({ btf__type_by_id(btf, $0.pointee.type) }),
            let prototype = btf__type_by_id(btf, pointer.pointee.type)
        else { return nil }
        return Int(btf_vlen(prototype)) - 1
    }

    /// The number of arguments of a kernel function.
    func argumentCount(_ name: String) -> Int? {
        guard let id = functionID(name), let function = btf__type_by_id(btf, id),
            let prototype = btf__type_by_id(btf, function.pointee.type)
        else { return nil }
        return Int(btf_vlen(prototype))
    }

    /// Whether a raw tracepoint of this name exists: the kernel declares `btf_trace_NAME` for each.
    func hasTracepoint(_ name: String) -> Bool {
        btf__find_by_name_kind(btf, "btf_trace_\(name)", UInt32(BTF_KIND_TYPEDEF)) > 0
    }
}
