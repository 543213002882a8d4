// SPDX-License-Identifier: Apache-2.0
public import TraceModel

/// The connections of which one part of the beginning took as long as `slow-connect` has for it.
public struct SlowBirths: Hashable, Sendable {
    public var count: UInt64
    /// The records that ended the part.
    public var first: EventReference?
    public var last: EventReference?

    public init(count: UInt64 = 0, first: EventReference? = nil, last: EventReference? = nil) {
        self.count = count
        self.first = first
        self.last = last
    }
}
