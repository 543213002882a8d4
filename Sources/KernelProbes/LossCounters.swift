// SPDX-License-Identifier: Apache-2.0
import CLibbpf
import CTraceRecords
import Glibc

/// The kernel side's own account: how many records of each kind it set out to emit, and how many it could not.
struct LossCounters {
    private let descriptor: Int32
    private let cpuCount: Int
    private var values: [ps_counters]

    init(mapDescriptor: Int32) {
        descriptor = mapDescriptor
        cpuCount = max(1, Int(libbpf_num_possible_cpus()))
        values = Array(repeating: ps_counters(), count: cpuCount)
    }

    /// The sums over all CPUs, by record kind.
    mutating func read() -> [UInt16: ps_counters] {
        var sums: [UInt16: ps_counters] = [:]
        for kind in 1..<UInt32(PS_COUNTED_KINDS) {
            var key = kind
            guard values.withUnsafeMutableBytes({ bpf_map_lookup_elem(descriptor, &key, $0.baseAddress) }) == 0 else {
                continue
            }
            var sum = ps_counters()
            for value in values {
                sum.attempted &+= value.attempted
                sum.ring_full &+= value.ring_full
                sum.map_full &+= value.map_full
                sum.stack_missing &+= value.stack_missing
                sum.return_missed &+= value.return_missed
            }
            if sum.attempted > 0 || sum.stack_missing > 0 { sums[UInt16(kind)] = sum }
        }
        return sums
    }
}
