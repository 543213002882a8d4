// SPDX-License-Identifier: Apache-2.0

/// Text that came from a target or a file, made safe to print.
public enum SafeText {
    /// Replaces what a terminal would act on, and what would reorder or hide text, by its code: `\u{1b}`.
    public static func sanitized(_ text: String) -> String {
        if text.unicodeScalars.allSatisfy({ !isHazard($0) }) { return text }
        var safe = ""
        for scalar in text.unicodeScalars {
            if isHazard(scalar) {
                safe += "\\u{" + String(scalar.value, radix: 16) + "}"
            } else {
                safe.unicodeScalars.append(scalar)
            }
        }
        return safe
    }

    /// As `sanitized`, of a text of several lines.
    public static func sanitizedLines(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { sanitized(String($0)) }.joined(
            separator: "\n")
    }

    /// Control characters, format characters (bidirectional overrides, zero-width ones), line separators, tags and
    /// private use.
    static func isHazard(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: true
        default: false
        }
    }
}
