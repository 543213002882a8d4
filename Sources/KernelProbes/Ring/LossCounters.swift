// SPDX-License-Identifier: Apache-2.0
import CLibbpf
import CTraceRecords
import Glibc

/// The kernel side's own account: how many records of each kind it set out to emit, and how many it could not.
struct LossCounters {
    private let descriptor: Int32
    private var values: [ps_counters]

    init(mapDescriptor: Int32) {
        descriptor = mapDescriptor
        values = Array(repeating: ps_counters(), count: max(1, Int(libbpf_num_possible_cpus())))
    }

    /// By record kind, then by CPU.
    mutating func read() -> [UInt16: [ps_counters]] {
        var counters: [UInt16: [ps_counters]] = [:]
        for kind in 1..<UInt32(PS_COUNTED_KINDS) {
            var key = kind
            guard values.withUnsafeMutableBytes({ bpf_map_lookup_elem(descriptor, &key, $0.baseAddress) }) == 0,
                values.contains(where: { $0.attempted > 0 || $0.stack_missing > 0 || $0.done_by_fallback > 0 })
            else { continue }
            counters[UInt16(kind)] = values
        }
        return counters
    }
}
