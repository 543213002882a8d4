// SPDX-License-Identifier: Apache-2.0

/// A lease in `TrafficLedger` that is open.
struct TrafficLease {
    var acquiredAt: UInt64
    /// The socket's slot, and its `TrafficState.number`, as the slot is used again; -1: not known.
    var slot: Int32
    var number: UInt64
}
