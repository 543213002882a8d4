// SPDX-License-Identifier: Apache-2.0
public import TraceModel

/// What one acquiring stack did with a pool.
public struct SiteSummary: Sendable {
    /// `nil`: the stack could not be taken.
    public var stack: CallStack?
    public var acquires: UInt64
    public var openLeases: UInt64
    /// Leases from acquire to release.
    public var completed: UInt64
    /// Of them, those that came back from the goroutine or thread that took them, and from another one.
    public var returnedByTaker: UInt64
    public var returnedByOther: UInt64
    public var totalHold: Duration
    public var longestHold: Duration
    /// Completed leases of at least `idle-hold.floor` whose socket's use is known.
    public var longLeases: UInt64
    public var longHold: Duration
    public var longSocketTime: Duration
    public var firstLong: EventReference?
    public var lastLong: EventReference?
    /// Over its leases, open ones included: how long others waited for the pool while it held one.
    public var othersWaited: Duration

    public init(
        stack: CallStack? = nil, acquires: UInt64 = 0, openLeases: UInt64 = 0, completed: UInt64 = 0,
        returnedByTaker: UInt64 = 0, returnedByOther: UInt64 = 0, totalHold: Duration = .zero,
        longestHold: Duration = .zero, longLeases: UInt64 = 0, longHold: Duration = .zero,
        longSocketTime: Duration = .zero, firstLong: EventReference? = nil, lastLong: EventReference? = nil,
        othersWaited: Duration = .zero
    ) {
        self.stack = stack
        self.acquires = acquires
        self.openLeases = openLeases
        self.completed = completed
        self.returnedByTaker = returnedByTaker
        self.returnedByOther = returnedByOther
        self.totalHold = totalHold
        self.longestHold = longestHold
        self.longLeases = longLeases
        self.longHold = longHold
        self.longSocketTime = longSocketTime
        self.firstLong = firstLong
        self.lastLong = lastLong
        self.othersWaited = othersWaited
    }
}
