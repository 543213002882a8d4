// SPDX-License-Identifier: Apache-2.0
import CSystemCalls

extension Privileges {
    /// Gives up, for good, every capability that a recording does not need once its probes are armed and its first census
    /// is taken. Of this thread; poolscope has one.
    ///
    /// The target's memory and `/proc/PID/fd` take CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH; the BPF maps CAP_BPF and
    /// CAP_PERFMON (under unprivileged_bpf_disabled the kernel refuses bpf(2) to all others); the details of sockets
    /// CAP_NET_ADMIN. What is open stays usable: the trace, the BPF links, the netlink socket in the target's network
    /// namespace, which took CAP_SYS_ADMIN to open.
    ///
    /// The kernel never refuses it; where a seccomp filter does, everything stays as it was.
    static func drop() {
        guard let held = effective() else { return }
        _ = ps_keep_capabilities(needed(of: held))
    }
}
