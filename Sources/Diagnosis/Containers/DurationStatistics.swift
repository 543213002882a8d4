// SPDX-License-Identifier: Apache-2.0

/// How long something took, over many times.
public struct DurationStatistics: Hashable, Sendable {
    public var count: UInt64
    /// Percentiles are at most 3 % above the true value, and never above `longest`.
    public var p50: Duration
    public var p99: Duration
    public var longest: Duration
    public var total: Duration

    public init(
        count: UInt64 = 0, p50: Duration = .zero, p99: Duration = .zero, longest: Duration = .zero,
        total: Duration = .zero
    ) {
        self.count = count
        self.p50 = p50
        self.p99 = p99
        self.longest = longest
        self.total = total
    }
}
