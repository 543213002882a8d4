// SPDX-License-Identifier: Apache-2.0

/// The look-ups of one host's name.
public struct NameLookupSummary: Sendable {
    /// As the program asked for it; what is longer than 104 bytes is cut.
    public var name: String
    public var lookups: UInt64
    /// Of these, those that returned an error.
    public var failures: UInt64
    public var duration: DurationStatistics

    public init(name: String, lookups: UInt64, failures: UInt64, duration: DurationStatistics) {
        self.name = name
        self.lookups = lookups
        self.failures = failures
        self.duration = duration
    }
}
