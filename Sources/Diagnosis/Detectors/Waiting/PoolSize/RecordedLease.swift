// SPDX-License-Identifier: Apache-2.0
public import TraceModel

/// A completed lease as work: when it was asked for, and how long it was held.
public struct RecordedLease: Hashable, Sendable {
    public var asked: MonotonicInstant
    public var hold: Duration

    public init(asked: MonotonicInstant, hold: Duration) {
        self.asked = asked
        self.hold = hold
    }
}
