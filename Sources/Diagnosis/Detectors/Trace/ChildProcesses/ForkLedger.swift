// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// The processes that the target has started.
struct ForkLedger {
    private static let limit = 64
    private var count: UInt64 = 0
    private var first: EventMark?
    private var children: [UInt32] = []

    mutating func add(_ processID: UInt32, at mark: EventMark) {
        count &+= 1
        if first == nil { first = mark }
        if processID != 0, children.count < Self.limit { children.append(processID) }
    }

    /// `nil`: it has started none.
    var summary: StartedProcesses? {
        first.map { StartedProcesses(count: count, processIDs: children, first: $0.reference) }
    }
}
