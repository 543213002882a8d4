// SPDX-License-Identifier: Apache-2.0
public import TraceModel

/// A pool's own counters against the trace's leases and the kernel's sockets, at every census that read them.
///
/// What is in flight is allowed for: the pool's number must lie between the least and the most that the trace had within
/// 20 ms of the reading. A difference counts when nothing happened in that time, or when it stands in two successive
/// readings; then its lesser amount does.
public struct PoolReconciliation: Hashable, Sendable {
    /// Readings of the pool's counters.
    public var readings: UInt64 = 0
    /// Readings with a difference that counts.
    public var differing: UInt64 = 0
    /// The last reading; `nil`: none.
    public var event: EventReference?

    // Each as of the last reading.

    /// Leases that are open in the trace beyond those that the pool counts: their releases were missed.
    public var excessLeases: UInt64 = 0
    /// Connections in use by the pool's count beyond the trace's leases and requests: leased before the trace or unseen,
    /// or being dialled for nobody.
    public var unseenLeases: UInt64 = 0
    /// Leased connections whose socket has been closed.
    public var closedSockets: UInt64 = 0
    /// Open sockets of connections that were leased, beyond what the pool counts as open: it has let go of them.
    public var straySockets: UInt64 = 0
    /// Open sockets to the pool's endpoints that belong to none of the pools there.
    public var outsideSockets: UInt64 = 0
    /// `nil`: the pool does not count those that queued, or was read once only.
    public var waits: WaitReconciliation?

    public init() {}

    /// There were readings, and nothing in them contradicts the trace.
    public var agrees: Bool {
        readings > 0 && differing == 0 && excessLeases == 0 && straySockets == 0 && waits?.agrees != false
    }
}
