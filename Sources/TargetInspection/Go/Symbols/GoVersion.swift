// SPDX-License-Identifier: Apache-2.0

/// A Go release, as far as layouts depend on it.
public struct GoVersion: Sendable, Hashable, Comparable, CustomStringConvertible {
    let major: Int
    /// What layouts depend on: 24 of `go1.24.11`.
    public let minor: Int

    /// Programs of the version were inspected and recorded when this poolscope was made.
    public var isTested: Bool { major == 1 && (minor == 19 || (21...27).contains(minor)) }

    /// A release without its patch number, on which no layout depends.
    public init(major: Int = 1, minor: Int) {
        self.major = major
        self.minor = minor
    }

    /// From `go1.24.11`, `go1.22rc1`, `devel go1.25-abcdef`, `go1.24.1 X:boringcrypto`; `nil`: no such text.
    public init?(_ text: String) {
        guard let word = text.split(separator: " ").first(where: { $0.hasPrefix("go") && $0.count > 2 }) else {
            return nil
        }
        let parts = word.dropFirst(2).split(separator: ".", maxSplits: 2)
        guard parts.count >= 2, let major = Int(parts[0]),
            let minor = Int(parts[1].prefix { $0.isASCII && $0.isNumber })
        else { return nil }
        self.init(major: major, minor: minor)
    }

    /// Without the patch number: `go1.24`.
    public var description: String { "go\(major).\(minor)" }

    /// By `major`, then by `minor`.
    public static func < (left: Self, right: Self) -> Bool {
        (left.major, left.minor) < (right.major, right.minor)
    }
}
