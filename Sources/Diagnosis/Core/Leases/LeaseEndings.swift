// SPDX-License-Identifier: Apache-2.0

/// How many leases ended in which way.
public struct LeaseEndings: Hashable, Sendable {
    private var returned: UInt64 = 0
    private var closedWithError: UInt64 = 0
    private var closedWithoutError: UInt64 = 0
    private var closedInUse: UInt64 = 0
    private var unknown: UInt64 = 0

    public init() {}

    public subscript(kind: LeaseEnding.Kind) -> UInt64 {
        get {
            switch kind {
            case .returned: returned
            case .closedWithError: closedWithError
            case .closedWithoutError: closedWithoutError
            case .closedInUse: closedInUse
            case .unknown: unknown
            }
        }
        set {
            switch kind {
            case .returned: returned = newValue
            case .closedWithError: closedWithError = newValue
            case .closedWithoutError: closedWithoutError = newValue
            case .closedInUse: closedInUse = newValue
            case .unknown: unknown = newValue
            }
        }
    }

    /// Ended leases whose connection was closed with them.
    public var closed: UInt64 { closedWithError &+ closedWithoutError &+ closedInUse }
}
