// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import TraceModel

extension ps_socket_sum {
    /// Calls that moved no data.
    var idleCalls: UInt64 { receive_would_blocks &+ send_would_blocks &+ peeks }
}

extension SummedCalls {
    mutating func add(_ growth: ps_socket_sum) {
        receives &+= growth.receives
        sends &+= growth.sends
        idle &+= growth.idleCalls
        withUnsafeBytes(of: growth.answers) { bytes in
            for (index, count) in bytes.bindMemory(to: UInt32.self).enumerated() {
                answers[index] &+= UInt64(count)
            }
        }
    }
}
