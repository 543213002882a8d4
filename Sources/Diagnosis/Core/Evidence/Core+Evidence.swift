// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import TraceModel

/// What the recorder tells of clocks and stacks.
extension Core {
    mutating func noteClock(_ record: ps_clock_pair) {
        // The first pair, so that text about a moment is the same however much of the trace has been read.
        if wallClock == nil {
            wallClock = WallClock(
                monotonic: MonotonicInstant(nanoseconds: record.header.timestamp_ns), wallNanoseconds: record.wall_ns)
        }
    }

    mutating func noteStack(_ record: ps_stack) {
        let depth = min(Int(record.depth), Int(PS_STACK_DEPTH))
        let addresses = withUnsafeBytes(of: record.addresses) { Array($0.bindMemory(to: UInt64.self).prefix(depth)) }
        stacks.add(addresses, id: record.stack_id)
    }
}
