// SPDX-License-Identifier: Apache-2.0
import CLibbpf
public import CTraceRecords
import Glibc
import TraceModel

/// Sums instead of a record for each receive and send.
extension KernelSession {
    /// Of which sockets calls are summed up from now on.
    public func setDetail(_ detail: ps_detail) throws(KernelProbeError) {
        var (key, value) = (UInt32(0), UInt32(detail.rawValue))
        let result = bpf_map_update_elem(detailLevel, &key, &value, UInt64(BPF_ANY))
        if result != 0 { throw .map("detail_level", errno: -result) }
    }

    /// Sums up the calls of one socket from now on (`ps_detail.chosen`). `false`: there is no room for its sums.
    public func sumUp(inode: UInt64, now: UInt64) -> Bool {
        var key = inode
        var sum = ps_socket_sum()
        sum.socket_inode = inode
        sum.since_ns = now
        let result = bpf_map_update_elem(socketSums, &key, &sum, UInt64(BPF_NOEXIST))
        return result == 0 || -result == EEXIST
    }

    /// The sums of all sockets that have some, with their headers filled.
    public func readSums(now: UInt64, into sink: (ps_socket_sum) -> Void) {
        var (key, next) = (UInt64(0), UInt64(0))
        var result = bpf_map_get_next_key(socketSums, nil, &next)
        // A socket that closes meanwhile starts the walk anew: at most so many steps, whatever the target does.
        var steps = 0
        while result == 0, steps < 1 << 17 {
            steps += 1
            key = next
            var sum = ps_socket_sum()
            if bpf_map_lookup_elem(socketSums, &key, &sum) == 0 {
                sum.header.timestamp_ns = now
                sum.header.kind = RecordKind.socketSum.rawValue
                sink(sum)
            }
            result = bpf_map_get_next_key(socketSums, &key, &next)
        }
    }

    /// Forgets a socket that is gone.
    public func dropSum(inode: UInt64) {
        var key = inode
        _ = bpf_map_delete_elem(socketSums, &key)
    }
}
