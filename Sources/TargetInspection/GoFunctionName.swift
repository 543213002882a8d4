// SPDX-License-Identifier: Apache-2.0

/// The name of a Go function to look for.
///
/// `pkg.(*Pool[...]).Get` and `pkg.(*Pool).Get` stand for every instance of a generic function; with type arguments
/// written out, `pkg.(*Pool[go.shape.*uint8]).Get` stands for that instance, and for `[...]`, which is all that
/// Go 1.19 writes.
struct GoFunctionName {
    let text: String
    private let exact: [UInt8]
    private let withoutArguments: [UInt8]
    private let acceptsAnyArguments: Bool

    init(_ text: String) {
        self.text = text
        exact = Array(text.utf8)
        withoutArguments = Self.removingArguments(exact)
        acceptsAnyArguments = exact.count == withoutArguments.count || text.contains("[...]")
    }

    var exactLength: Int { exact.count }

    /// - Parameter candidate: a name of the table, without its zero.
    func matches(_ candidate: UnsafeRawBufferPointer, isGeneric: Bool) -> Bool {
        if candidate.count == exact.count, candidate.elementsEqual(exact) { return true }
        guard isGeneric, candidate.count > withoutArguments.count else { return false }
        guard Self.removingArguments(candidate).elementsEqual(withoutArguments) else { return false }
        return acceptsAnyArguments || Self.hasElidedArguments(candidate)
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

    private static func hasElidedArguments(_ candidate: UnsafeRawBufferPointer) -> Bool {
        guard let open = candidate.firstIndex(of: UInt8(ascii: "[")) else { return false }
        return candidate[open...].starts(with: Array("[...]".utf8))
    }
}
