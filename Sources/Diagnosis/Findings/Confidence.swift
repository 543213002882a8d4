// SPDX-License-Identifier: Apache-2.0

/// How sure a finding is, and why.
public struct Confidence: Hashable, Sendable {
    public enum Level: String, Sendable, Comparable, CaseIterable {
        /// Records that would refute it may be among those lost.
        case unproven
        case medium
        case high
        /// No threshold is involved.
        case certain

        public static func < (left: Self, right: Self) -> Bool { left.rank < right.rank }

        private var rank: Int {
            switch self {
            case .unproven: 0
            case .medium: 1
            case .high: 2
            case .certain: 3
            }
        }
    }

    public var level: Level
    /// A clause that completes "certain, because ...".
    public var reason: String

    public init(_ level: Level, because reason: String) {
        self.level = level
        self.reason = reason
    }
}
