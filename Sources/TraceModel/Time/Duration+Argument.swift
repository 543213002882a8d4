// SPDX-License-Identifier: Apache-2.0

extension Duration {
    /// The units that a duration may be written with, for messages.
    public static let argumentUnits = "ns, us, ms, s, m or min, h, d"

    private static let unitNanoseconds: [Substring: Double] = [
        "ns": 1, "us": 1e3, "ms": 1e6, "s": 1e9, "m": 60e9, "min": 60e9, "h": 3600e9, "d": 86_400e9,
    ]

    /// A duration as the user writes it: `500ms`, `2.5s`, `1h30m`, each unit smaller than the one before.
    ///
    /// - Parameter bareSeconds: whether a number without a unit is seconds.
    /// - Returns: `nil`: it is not written so, is negative, or is longer than 30 years.
    public init?(argument: String, bareSeconds: Bool = false) {
        var rest = argument[...]
        var nanoseconds = 0.0
        var unitBefore = Double.infinity
        repeat {
            let digits = rest.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
            rest = rest.dropFirst(digits.count)
            let unit = rest.prefix { $0.isASCII && $0.isLetter }
            rest = rest.dropFirst(unit.count)
            let isBare = bareSeconds && unit.isEmpty && rest.isEmpty && unitBefore.isInfinite
            guard let number = Double(digits), let scale = isBare ? 1e9 : Self.unitNanoseconds[unit],
                scale < unitBefore
            else { return nil }
            nanoseconds += number * scale
            unitBefore = scale
        } while !rest.isEmpty
        // Double(digits) may be infinite.
        guard nanoseconds < 1e18 else { return nil }
        self = .nanoseconds(Int64(nanoseconds.rounded()))
    }
}
