// SPDX-License-Identifier: Apache-2.0

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
    public var firstFailure: EventReference?
    public var lastFailure: EventReference?
    /// Of the last one.
    public var descriptor: Int32?
    public var stack: CallStack?

    public init(endpoint: Endpoint) { self.endpoint = endpoint }
}
