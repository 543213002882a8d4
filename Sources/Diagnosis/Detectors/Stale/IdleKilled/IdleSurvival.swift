// SPDX-License-Identifier: Apache-2.0
public import TraceModel

/// How the connections to one endpoint fared when they were used again after an idle time.
public struct IdleSurvival: Sendable {
    public var endpoint: Endpoint
    /// Idle times of at least `idle-killed.idle` after which an answer came.
    public var survived: UInt64 = 0
    public var longestSurvived: Duration = .zero
    /// Those after which the first send met a reset, an error, or no acknowledgement.
    public var failed: UInt64 = 0
    public var shortestFailed: Duration = .zero
    /// Of them, those that were reset or had an error; the others were not acknowledged.
    public var reset: UInt64 = 0
    /// Of those that failed.
    public var keepalive = KeepaliveUse()
    /// The fewest moments that explain all failures, were they restarts: each connection was heard before one, and found dead
    /// after it.
    public var moments: UInt64 = 0
    /// Of these, those that another connection, heard before and after, lived through: no restart.
    public var outlived: UInt64 = 0
    /// Not among those that failed: connections in use, or most of the endpoint's, ended at the same moment.
    public var explained: UInt64 = 0
    public var firstFailure: EventReference?
    public var lastFailure: EventReference?
    /// Of the last one.
    public var descriptor: Int32?
    public var stack: CallStack?

    public init(endpoint: Endpoint) { self.endpoint = endpoint }

    /// Adds the failures of one more moment.
    public mutating func add(_ other: Self, isOutlived: Bool) {
        shortestFailed = failed == 0 ? other.shortestFailed : min(shortestFailed, other.shortestFailed)
        failed = failed.addingSaturated(other.failed)
        reset = reset.addingSaturated(other.reset)
        moments = moments.addingSaturated(1)
        if isOutlived { outlived = outlived.addingSaturated(1) }
        keepalive.add(other.keepalive)
        firstFailure = firstFailure ?? other.firstFailure
        lastFailure = other.lastFailure
        descriptor = other.descriptor
        stack = other.stack ?? stack
    }

    /// No one restart explains what failed.
    ///
    /// - Parameter moments: So many restarts are too many.
    public func isNoRestart(atMost moments: UInt64) -> Bool { outlived > 0 || self.moments >= max(2, moments) }
}
