// SPDX-License-Identifier: Apache-2.0

import TraceModel

/// Sockets that receive without asking, by slot, and the uneven streams of those that are closed.
struct StreamLedger {
    private static let limit = 256
    private var states: [StreamState] = []
    private var free: [Int32] = []
    private(set) var ended: [StreamJitter] = []
    private(set) var unlisted: UInt64 = 0
    /// Closed sockets whose stream was even for long enough to be judged.
    private(set) var judged: UInt64 = 0

    subscript(slot: Int32) -> StreamState {
        _read { yield states[Int(slot)] }
        _modify { yield &states[Int(slot)] }
    }

    mutating func begin() -> Int32 {
        if let slot = free.popLast() {
            states[Int(slot)] = StreamState()
            return slot
        }
        states.append(StreamState())
        return Int32(truncatingIfNeeded: states.count - 1)
    }

    mutating func end(_ slot: Int32, _ jitter: StreamJitter?) {
        if self[slot].judged > 0 { judged &+= 1 }
        free.append(slot)
        guard let jitter else { return }
        if ended.count < Self.limit { ended.append(jitter) } else { unlisted &+= 1 }
    }
}
