# SPDX-License-Identifier: Apache-2.0
"""Every BPF program is loaded by every kernel that has what the program is for: a refused one is a failure, not another rung."""
import collections
import json

# What each kernel of the matrix has: if one of these is absent, it is poolscope that does not find it.
MUST_LOAD = {
    "fentry_tcp_recvmsg", "kprobe_tcp_recvmsg", "kretprobe_tcp_recvmsg", "fexit3_tcp_sendmsg", "fexit5_tcp_splice_read",
    "fexit_sys_connect", "fentry_fd_install", "fexit_sys_bind", "fexit_sys_shutdown", "tp_exit_bind",
    "raw_tp_inet_sock_set_state", "pool_point", "go_call",
}


def loaded(folder):
    if not (folder / "programs.json").exists():
        return "failed", "not run"
    trials = json.loads((folder / "programs.json").read_text())
    refused = [f"{trial['name']}: {trial['detail']}" for trial in trials if trial["outcome"] == "refused"]
    absent = MUST_LOAD - {trial["name"] for trial in trials if trial["outcome"] == "loaded"}
    if refused or absent:
        return "failed", "; ".join(refused + sorted(f"not loaded: {name}" for name in absent))
    counts = collections.Counter(trial["outcome"] for trial in trials)
    return "passed", f"{counts['loaded']} loaded, {counts['absent']} without a hook here"
