// SPDX-License-Identifier: Apache-2.0

/// A moment of CLOCK_MONOTONIC, the clock of every record (`bpf_ktime_get_ns`): it stops in suspend and never steps.
///
/// A type of its own, so that it cannot be compared with wall-clock time.
public struct MonotonicInstant: Hashable, Comparable, Sendable, Codable {
    /// Nanoseconds since an arbitrary start (boot).
    public var nanoseconds: UInt64

    /// - Parameter nanoseconds: as a record's header has them.
    public init(nanoseconds: UInt64) { self.nanoseconds = nanoseconds }

    /// Earlier.
    public static func < (left: Self, right: Self) -> Bool { left.nanoseconds < right.nanoseconds }

    /// The time from `start` to `end`; negative when `end` is earlier.
    public static func - (end: Self, start: Self) -> Duration {
        .nanoseconds(Int64(bitPattern: end.nanoseconds &- start.nanoseconds))
    }

    /// Wraps around where 64 bits end, as `-` does: a damaged trace may have any number.
    public static func + (instant: Self, duration: Duration) -> Self {
        Self(nanoseconds: instant.nanoseconds &+ UInt64(bitPattern: duration.wholeNanoseconds))
    }

    /// From a plain number of nanoseconds.
    public init(from decoder: any Decoder) throws {
        nanoseconds = try decoder.singleValueContainer().decode(UInt64.self)
    }

    /// As a plain number of nanoseconds.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(nanoseconds)
    }
}
