// SPDX-License-Identifier: Apache-2.0
public import TraceModel

/// An acquire that came back with an error.
public struct FailedAcquire: Sendable {
    public var pool: PoolID
    public var holder: Holder
    /// `nil`: the request was before the trace.
    public var requested: EventReference?
    public var failed: EventReference
    /// From the request to the error; `nil`: the request was before the trace.
    public var wait: Duration?
    /// It opened or connected a socket itself.
    public var isDialled: Bool
    /// The package variable that the error is, or its dynamic type; its address in hex when it has no name in the trace.
    public var error: String
    public var stack: CallStack?

    public var cancellation: Cancellation { Cancellation(error: error) }

    public init(
        pool: PoolID, holder: Holder, requested: EventReference? = nil, failed: EventReference, wait: Duration? = nil,
        isDialled: Bool = false, error: String, stack: CallStack? = nil
    ) {
        self.pool = pool
        self.holder = holder
        self.requested = requested
        self.failed = failed
        self.wait = wait
        self.isDialled = isDialled
        self.error = error
        self.stack = stack
    }
}
