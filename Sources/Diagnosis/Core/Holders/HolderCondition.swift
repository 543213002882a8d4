// SPDX-License-Identifier: Apache-2.0
public import TraceModel

/// What became of a lease's holder, as the last audit saw it from outside.
public struct HolderCondition: Hashable, Sendable {
    public enum State: String, Sendable {
        case unknown
        case exists
        case ended
    }

    public var state: State
    /// `runtime.g.atomicstatus` without the scan bit; `nil`: not a goroutine, or not read.
    public var goroutineStatus: UInt16?
    /// What it waits for, in Go's words, such as `chan receive`; `nil`: it does not wait, or the reason is not known.
    public var waitReason: String?
    /// The calls that it is in, innermost first; `nil`: it has ended, it ran, or its stack could not be read.
    public var stack: CallStack?
    /// The first of the audits that all found it at this place of its stack; `nil`: no place is known. Between two audits
    /// it may have been elsewhere.
    public var thereSince: MonotonicInstant?
    /// `nil`: no audit looked at it.
    public var event: EventReference?

    public init(state: State, goroutineStatus: UInt16? = nil, event: EventReference? = nil) {
        self.state = state
        self.goroutineStatus = goroutineStatus
        self.event = event
    }

    /// The status in words, numbered as in Go's runtime/runtime2.go.
    public var statusText: String? {
        switch goroutineStatus {
        case 0: "idle"
        case 1: "runnable"
        case 2: "running"
        case 3: "in a system call"
        case 4: "waiting"
        case 6: "dead"
        case 8: "its stack is being moved"
        case 9: "preempted"
        default: nil
        }
    }
}
