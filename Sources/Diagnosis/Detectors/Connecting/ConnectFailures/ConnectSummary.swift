// SPDX-License-Identifier: Apache-2.0
public import TraceModel

/// The attempts to connect to one endpoint, by TCP or over a Unix socket, and how they ended.
public struct ConnectSummary: Sendable {
    public var endpoint: Endpoint
    public var attempts: UInt64 = 0
    public var successes: UInt64 = 0
    /// By errno; 0: given up by the application, without an answer from the peer. Without those on one IP version where the
    /// same port answered on the other within a second: the usual way of a name that has addresses of both.
    public var failures: [Int32: UInt64] = [:]
    public var firstFailure: EventReference?
    public var lastFailure: EventReference?
    /// The longest time from the call to a failure.
    public var longestFailure: Duration = .zero
    /// Whether the last attempt of all failed.
    public var isLastFailed = false
    /// Of the socket that failed last; `nil`: not known.
    public var descriptor: Int32?
    /// The stack that connected when it failed last.
    public var stack: CallStack?
    public var retries = RetrySummary()

    public init(endpoint: Endpoint) { self.endpoint = endpoint }

    public var failureCount: UInt64 { failures.values.reduce(0) { $0.addingSaturated($1) } }
}
