// SPDX-License-Identifier: Apache-2.0

/// Up to where `Detail.auto` records each call.
public struct DetailLimits: Equatable, Sendable {
    /// Receives and sends.
    public var callsPerSecond: UInt64 = 100_000
    /// Of the target's CPU time, that the programs of its receives and sends may take: 0 to 1.
    public var costShare = 0.1

    /// What applies when the user gives no limits.
    public init() {}
}
