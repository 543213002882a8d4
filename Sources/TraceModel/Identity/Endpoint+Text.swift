// SPDX-License-Identifier: Apache-2.0

extension Endpoint: CustomStringConvertible {
    /// `10.0.0.5:5432`, `[::1]:5432`, `unix:/run/postgresql/.s.PGSQL.5432`, `unix:@abstract`.
    public var description: String {
        switch self {
        case .ipv4(let address, let port):
            Self.dotted(address) + ":\(port)"
        case .ipv6(let high, let low, let port):
            "[\(Self.colonHex(high: high, low: low))]:\(port)"
        case .unix(let path, let isAbstract):
            "unix:" + (isAbstract ? "@" : "") + path
        }
    }

    private static func dotted(_ address: UInt32) -> String {
        "\(address >> 24).\(address >> 16 & 255).\(address >> 8 & 255).\(address & 255)"
    }

    /// RFC 5952: the longest run of two or more zero groups becomes `::`, the first of equals; IPv4-mapped stays dotted.
    private static func colonHex(high: UInt64, low: UInt64) -> String {
        if high == 0, low >> 32 == 0xffff { return "::ffff:" + dotted(UInt32(truncatingIfNeeded: low)) }
        let groups = (0..<8).map { index in
            UInt16(truncatingIfNeeded: (index < 4 ? high : low) >> UInt64(48 - 16 * (index % 4)))
        }
        var best = 0..<0
        var start = 0
        while start < 8 {
            var end = start
            while end < 8, groups[end] == 0 { end += 1 }
            if end - start > best.count { best = start..<end }
            start = max(end, start + 1)
        }
        func hex(_ part: some Collection<UInt16>) -> String {
            part.map { String($0, radix: 16) }.joined(separator: ":")
        }
        if best.count < 2 { return hex(groups) }
        return hex(groups[..<best.lowerBound]) + "::" + hex(groups[best.upperBound...])
    }
}
