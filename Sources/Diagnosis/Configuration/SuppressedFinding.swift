// SPDX-License-Identifier: Apache-2.0

/// A finding that does not count, and the reason that was given for it.
public struct SuppressedFinding: Sendable {
    public var finding: Finding
    public var reason: String

    public init(_ finding: Finding, because reason: String) {
        self.finding = finding
        self.reason = reason
    }
}
