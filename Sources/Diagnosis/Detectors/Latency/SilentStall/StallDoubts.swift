// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// Long waits for one endpoint's answer that are no silent stalls, or not known to be.
public struct StallDoubts: Hashable, Sendable {
    /// One connection waited alone, or others were answered meanwhile: the request may be long by itself.
    public var alone: UInt64 = 0
    public var longestAlone: Duration = .zero
    /// Several waited, and the process did nothing else meanwhile: it may have stood still itself.
    public var unwitnessed: UInt64 = 0
    /// Several waited, when there had been too few round trips to say what is usual.
    public var early: UInt64 = 0

    public init() {}

    public var isEmpty: Bool { alone == 0 && unwitnessed == 0 && early == 0 }

    /// - Parameter wait: in nanoseconds.
    public mutating func addAlone(_ wait: UInt64) {
        alone &+= 1
        longestAlone = max(longestAlone, .nanoseconds(Int64(clamping: wait)))
    }
}
