// SPDX-License-Identifier: Apache-2.0

/// How many leases ended in which way.
public struct LeaseEndings: Hashable, Sendable {
    private var counts: [LeaseEnding.Kind: UInt64] = [:]

    public init() {}

    public subscript(kind: LeaseEnding.Kind) -> UInt64 {
        get { counts[kind, default: 0] }
        set { counts[kind] = newValue }
    }

    /// Ended leases whose connection was closed with them.
    public var closed: UInt64 { self[.closedWithError] &+ self[.closedWithoutError] &+ self[.closedInUse] }
}
