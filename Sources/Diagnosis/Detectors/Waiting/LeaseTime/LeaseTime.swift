// SPDX-License-Identifier: Apache-2.0

/// The time of a lease, or of many, by part. The parts add up to wait and hold, to the nanosecond.
public struct LeaseTime: Sendable, Equatable {
    private var nanoseconds = SIMD16<UInt64>()

    public init() {}

    /// In nanoseconds.
    public subscript(part: LeasePart) -> UInt64 {
        get { nanoseconds[part.rawValue] }
        set { nanoseconds[part.rawValue] = newValue }
    }

    /// Adds nanoseconds to a part.
    public mutating func add(_ time: UInt64, to part: LeasePart) { nanoseconds[part.rawValue] &+= time }

    public static func += (sum: inout LeaseTime, other: LeaseTime) { sum.nanoseconds &+= other.nanoseconds }

    /// Nanoseconds from the request to the lease.
    public var wait: UInt64 { sum { $0.isWait } }

    /// Nanoseconds from the lease to its end.
    public var hold: UInt64 { sum { !$0.isWait } }

    public var total: UInt64 { nanoseconds.wrappedSum() }

    /// Of the hold, what nothing is told of.
    public var untold: UInt64 { sum { $0.isUntold } }

    /// Of the wait, the making of a connection.
    public var dialling: UInt64 { sum { $0.isWait && $0 != .pool } }

    private func sum(_ isCounted: (LeasePart) -> Bool) -> UInt64 {
        LeasePart.allCases.reduce(0) { isCounted($1) ? $0 &+ self[$1] : $0 }
    }

    /// The whole hold as one part, whatever was told of it.
    public mutating func setHold(_ hold: UInt64, to part: LeasePart) {
        for part in LeasePart.allCases where !part.isWait { self[part] = 0 }
        self[part] = hold
    }
}
