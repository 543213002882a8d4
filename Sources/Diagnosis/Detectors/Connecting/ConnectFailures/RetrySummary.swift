// SPDX-License-Identifier: Apache-2.0

/// The attempts that followed a failure at the same endpoint.
public struct RetrySummary: Sendable {
    /// All of them.
    public var count: UInt64 = 0
    /// In the busiest second.
    public var peakPerSecond: UInt64 = 0
    /// Seconds of the clock with more than `reconnect-storm.rate`.
    public var busySeconds: UInt64 = 0
    /// Of the run of failures with the most retries: how many, the mean interval between them, and their standard
    /// deviation as a share of it.
    public var runRetries: UInt64 = 0
    public var meanInterval: Duration = .zero
    public var variation: Double = 0

    public init() {}
}
