// SPDX-License-Identifier: Apache-2.0
import Diagnosis

/// How a line is set off on a terminal that has colours.
enum TextStyle {
    case plain, heading, good, note, warning, critical

    /// The parameters of the escape sequence (ECMA-48, SGR).
    var code: String? {
        switch self {
        case .plain: nil
        case .heading: "1"
        case .good: "32"
        case .note: "36"
        case .warning: "33"
        case .critical: "1;31"
        }
    }
}
