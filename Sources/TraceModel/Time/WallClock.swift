// SPDX-License-Identifier: Apache-2.0

/// The wall-clock time of the trace's instants, from two clocks that were read at one moment.
public struct WallClock: Hashable, Sendable {
    /// CLOCK_MONOTONIC at that moment.
    public var monotonic: MonotonicInstant
    /// CLOCK_REALTIME at that moment, nanoseconds since 1970.
    public var wallNanoseconds: UInt64

    /// Both clocks were read at one moment, as for a `clock_pair` record.
    public init(monotonic: MonotonicInstant, wallNanoseconds: UInt64) {
        self.monotonic = monotonic
        self.wallNanoseconds = wallNanoseconds
    }

    /// UTC to the millisecond: `2025-11-20T10:15:02.123Z`. Only for people: nothing is computed from it.
    public func text(of instant: MonotonicInstant) -> String {
        let nanoseconds = wallNanoseconds &+ (instant.nanoseconds &- monotonic.nanoseconds)
        let seconds = nanoseconds / 1_000_000_000
        let (year, month, day) = Self.civil(daysSince1970: Int64(seconds / 86_400))
        let time = seconds % 86_400
        return "\(Self.padded(year, 4))-\(Self.padded(month, 2))-\(Self.padded(day, 2))T"
            + "\(Self.padded(Int64(time / 3600), 2)):\(Self.padded(Int64(time / 60 % 60), 2)):"
            + "\(Self.padded(Int64(time % 60), 2)).\(Self.padded(Int64(nanoseconds / 1_000_000 % 1000), 3))Z"
    }

    private static func padded(_ number: Int64, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    /// The Gregorian date: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", civil_from_days.
    private static func civil(daysSince1970 days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = days + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted % 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let month = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * month + 2) / 5 + 1
        let civilMonth = month < 10 ? month + 3 : month - 9
        return (yearOfEra + era * 400 + (civilMonth <= 2 ? 1 : 0), civilMonth, day)
    }
}
