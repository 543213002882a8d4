// SPDX-License-Identifier: Apache-2.0

/// The name of a Go function to look for.
///
/// `pkg.(*Pool[...]).Get` and `pkg.(*Pool).Get` stand for every instance of a generic function; with type arguments
/// written out, `pkg.(*Pool[go.shape.*uint8]).Get` stands for that instance, and for `[...]`, which is all that
/// Go 1.19 writes.
///
/// It stands for the copies too that other packages brought along (`x/vendor/pkg.(*Pool).Get`), and for the form in which
/// the linker writes the package's path (`gopkg.in/demo%2ev1.F`).
struct GoFunctionName {
    let text: String
    private let exact: [UInt8]
    private let withoutArguments: [UInt8]
    private let acceptsAnyArguments: Bool

    private static let vendor = Array("vendor/".utf8)

    init(_ text: String) {
        self.text = text
        exact = Self.removingEscapes(Array(text.utf8))
        withoutArguments = Self.removingArguments(exact)
        acceptsAnyArguments = exact.count == withoutArguments.count || text.contains("[...]")
    }

    /// Of a name of the table that may only match when it has none of the marks of `isSpecial`.
    var exactLength: Int { exact.count }

    /// A name of the table that cannot be judged by its length: of a generic function, or with an escaped or a vendored
    /// path. `%`, `[`, and `/vendor/` with both its slashes or at the beginning.
    static func isSpecial(_ candidate: UnsafeRawBufferPointer) -> Bool {
        candidate.contains(UInt8(ascii: "[")) || candidate.contains(UInt8(ascii: "%"))
            || vendorPrefixLength(candidate) > 0
    }

    /// `x/vendor/` of the name of a function in a vendored package; empty: it is in none.
    static func vendorPrefix(of name: String) -> String {
        var name = name
        return name.withUTF8 { bytes in
            let bytes = UnsafeRawBufferPointer(bytes)
            return String(decoding: bytes.prefix(vendorPrefixLength(bytes)), as: UTF8.self)
        }
    }

    /// - Parameter candidate: a name of the table, without its zero.
    func matches(_ candidate: UnsafeRawBufferPointer, isSpecial: Bool) -> Bool {
        guard isSpecial else { return candidate.count == exact.count && candidate.elementsEqual(exact) }
        let whole = Self.removingEscapes(candidate)
        let own = Array(whole.dropFirst(whole.withUnsafeBytes(Self.vendorPrefixLength)))
        if own == exact || whole == exact { return true }
        guard own.contains(UInt8(ascii: "[")), Self.removingArguments(own) == withoutArguments else { return false }
        return acceptsAnyArguments || Self.hasElidedArguments(own)
    }

    /// Up to the end of the last `vendor/` that is an element of the package's path.
    private static func vendorPrefixLength(_ name: UnsafeRawBufferPointer) -> Int {
        // Type arguments have paths of their own.
        let end = name.firstIndex(of: UInt8(ascii: "[")) ?? name.count
        var last = 0
        var start = 0
        while start + vendor.count <= end {
            if name[start] == vendor[0], name[start..<start + vendor.count].elementsEqual(vendor) {
                last = start + vendor.count
            }
            guard let slash = name[start..<end].firstIndex(of: UInt8(ascii: "/")) else { break }
            start = slash + 1
        }
        return last
    }

    /// `%2e` is a dot: two hexadecimal digits for a byte.
    private static func removingEscapes(_ name: some Collection<UInt8>) -> [UInt8] {
        let bytes = Array(name)
        guard bytes.contains(UInt8(ascii: "%")) else { return bytes }
        var result: [UInt8] = []
        var index = 0
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "%"), index + 2 < bytes.count,
                let value = UInt8(String(decoding: bytes[index + 1...index + 2], as: UTF8.self), radix: 16)
            {
                result.append(value)
                index += 3
            } else {
                result.append(bytes[index])
                index += 1
            }
        }
        return result
    }

    /// Without each outermost pair of brackets and what it holds. In a function's name brackets hold type arguments only.
    private static func removingArguments(_ name: some Sequence<UInt8>) -> [UInt8] {
        var depth = 0
        var result: [UInt8] = []
        for byte in name {
            switch byte {
            case UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "]") where depth > 0: depth -= 1
            default: if depth == 0 { result.append(byte) }
            }
        }
        return result
    }

    private static func hasElidedArguments(_ candidate: [UInt8]) -> Bool {
        guard let open = candidate.firstIndex(of: UInt8(ascii: "[")) else { return false }
        return candidate[open...].starts(with: Array("[...]".utf8))
    }
}
