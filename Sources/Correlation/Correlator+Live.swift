// SPDX-License-Identifier: Apache-2.0

/// What a line of progress shows: cheap enough to be asked many times a second.
extension Correlator {
    public var openLeaseCount: Int { leases.openCount }
    /// Acquires that have begun and not ended.
    public var waiterCount: Int { pending.count }
    /// Records lost so far, by the loss records of the trace.
    public var lostCount: UInt64 { losses.total }
    public var openSocketCount: Int { sockets.liveCount }
}
