// SPDX-License-Identifier: Apache-2.0

/// A named number of a finding's evidence.
public struct Measurement: Hashable, Sendable {
    public enum Value: Hashable, Sendable {
        case duration(Duration)
        case count(UInt64)
        case bytes(UInt64)
        /// Events per second.
        case rate(Double)
        /// A part of one (0.2 is 20 %), or a mean.
        case share(Double)
    }

    /// Lower-case words with underscores, without the unit: `wait_p99`.
    public var name: String
    public var value: Value

    public init(_ name: String, _ value: Value) {
        self.name = name
        self.value = value
    }
}
