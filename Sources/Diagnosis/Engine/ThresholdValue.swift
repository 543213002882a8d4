// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// What a threshold is set to. Its description is what a user writes: `5s`, `250ms`, `20`, `0.2`.
public enum ThresholdValue: Sendable, Equatable, CustomStringConvertible {
    case duration(Duration)
    case count(UInt64)
    case number(Double)

    /// A value of the same kind; `nil`: `text` is none.
    func read(_ text: String) -> ThresholdValue? {
        switch self {
        case .duration: return Duration(argument: text).map { .duration($0) }
        case .count: return UInt64(text).map { .count($0) }
        case .number:
            guard let number = Double(text), number.isFinite, number >= 0 else { return nil }
            return .number(number)
        }
    }

    public var description: String {
        switch self {
        case .duration(let duration): Self.text(duration)
        case .count(let count): String(count)
        case .number(let number): Self.text(number)
        }
    }

    private static func text(_ duration: Duration) -> String {
        let nanoseconds = duration.wholeNanoseconds
        let units: [(suffix: String, nanoseconds: Int64)] = [("s", 1_000_000_000), ("ms", 1_000_000), ("us", 1_000)]
        for unit in units where nanoseconds % unit.nanoseconds == 0 {
            return "\(nanoseconds / unit.nanoseconds)\(unit.suffix)"
        }
        return "\(Double(nanoseconds) / 1e9)s"
    }

    private static func text(_ number: Double) -> String {
        let text = String(number)
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }
}
