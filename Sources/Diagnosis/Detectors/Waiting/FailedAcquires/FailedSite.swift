// SPDX-License-Identifier: Apache-2.0
public import TraceModel

/// Where acquires were asked for that came back with one error.
public struct FailedSite: Hashable, Sendable {
    /// `nil`: the stack could not be taken, or there are more sites than are kept.
    public var stack: CallStack?
    public var count: UInt64
    /// The ends of the first and of the last of them.
    public var first: EventReference
    public var last: EventReference
    /// Who asked the last time.
    public var lastHolder: Holder

    public init(stack: CallStack?, count: UInt64, first: EventReference, last: EventReference, lastHolder: Holder) {
        self.stack = stack
        self.count = count
        self.first = first
        self.last = last
        self.lastHolder = lastHolder
    }
}
