// SPDX-License-Identifier: Apache-2.0

/// Numbers as people read them: the same in rules and in every renderer.
public enum ReadableText {
    /// Three significant digits: `31.2 s`, `840 ms`, `2 min 5 s`, `3 h 20 min`.
    public static func duration(_ duration: Duration) -> String {
        let nanoseconds = duration.wholeNanoseconds
        let magnitude = nanoseconds.magnitude
        let sign = nanoseconds < 0 ? "-" : ""
        let seconds = magnitude / 1_000_000_000
        let text: String
        switch magnitude {
        case ..<1_000: text = "\(magnitude) ns"
        case ..<1_000_000: text = decimal(magnitude, per: 1_000) + " us"
        case ..<1_000_000_000: text = decimal(magnitude, per: 1_000_000) + " ms"
        case ..<120_000_000_000: text = decimal(magnitude, per: 1_000_000_000) + " s"
        case ..<7_200_000_000_000: text = "\(seconds / 60) min \(seconds % 60) s"
        default: text = "\(seconds / 3600) h \(seconds / 60 % 60) min"
        }
        return sign + text
    }

    /// `512 B`, `1.5 KiB`, `23 MiB`.
    public static func bytes(_ count: UInt64) -> String {
        switch count {
        case ..<1_024: "\(count) B"
        case ..<1_048_576: decimal(count, per: 1_024) + " KiB"
        case ..<1_073_741_824: decimal(count, per: 1_048_576) + " MiB"
        default: decimal(count, per: 1_073_741_824) + " GiB"
        }
    }

    /// `7 %`; below one per cent `0.4 %`.
    public static func share(_ part: Double) -> String {
        guard part.isFinite else { return "0 %" }
        let tenths = (max(0, min(part, 1000)) * 1000).rounded()
        let thousandths = UInt64(tenths)
        if thousandths >= 10 || thousandths == 0 { return "\((thousandths + 5) / 10) %" }
        return "0.\(thousandths) %"
    }

    /// One digit after the point, none when it is zero: `1.3`, `5`.
    public static func number(_ value: Double) -> String {
        guard value.isFinite, value.magnitude < 1e15 else { return "-" }
        let tenths = Int64((value * 10).rounded())
        return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\((tenths % 10).magnitude)"
    }

    /// `1 lease`, `3 leases`.
    public static func count(_ number: UInt64, _ noun: String) -> String {
        number == 1 ? "1 \(noun)" : "\(number) \(noun)s"
    }

    /// Cut, not rounded, to three significant digits; zeros at the end go.
    private static func decimal(_ value: UInt64, per unit: UInt64) -> String {
        let whole = value / unit
        let digits = whole >= 100 ? 0 : whole >= 10 ? 1 : 2
        if digits == 0 { return "\(whole)" }
        let scale: UInt64 = digits == 1 ? 10 : 100
        let fraction = (value % unit) * scale / unit
        if fraction == 0 { return "\(whole)" }
        var text = String(fraction)
        text = String(repeating: "0", count: digits - text.count) + text
        while text.hasSuffix("0") { text.removeLast() }
        return "\(whole).\(text)"
    }

    /// "3 leased, 2 idle": what there is none of is left out.
    public static func nonzero(_ parts: KeyValuePairs<String, UInt64>) -> String {
        parts.filter { $0.value > 0 }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
    }
}
