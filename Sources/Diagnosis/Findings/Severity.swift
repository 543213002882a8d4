// SPDX-License-Identifier: Apache-2.0

/// How bad a finding is, in ascending order.
public enum Severity: String, Sendable, Comparable, CaseIterable {
    /// Worth knowing; nothing fails.
    case note
    /// Users wait, or will.
    case warning
    /// Something is lost for good, and will bring the service down.
    case critical

    public static func < (left: Self, right: Self) -> Bool { left.rank < right.rank }

    private var rank: Int {
        switch self {
        case .note: 0
        case .warning: 1
        case .critical: 2
        }
    }
}
