// SPDX-License-Identifier: Apache-2.0

/// In which integer registers Go passes parameters, or results (Go's internal ABI, abi-internal.md): in order, the receiver
/// first, each in as many as it has words; one that does not fit into what is left is on the stack as a whole.
struct GoSignature {
    /// A parameter's type, as far as its registers depend on it.
    enum Kind: String, CaseIterable {
        case pointer, integer, boolean, map, channel, function, string, interface, error, slice, float

        /// Integer registers; floating-point numbers have registers of their own.
        var words: Int {
            switch self {
            case .float: 0
            case .pointer, .integer, .boolean, .map, .channel, .function: 1
            case .string, .interface, .error: 2
            case .slice: 3
            }
        }

        /// Which of the words is the address of an object; `nil`: none is.
        var objectWord: Int? {
            switch self {
            case .pointer, .map, .channel: 0
            case .interface: 1  // after the itab
            default: nil
            }
        }
    }

    /// Integer registers of the ABI on amd64: RAX, RBX, RCX, RDI, RSI, R8, R9, R10, R11.
    static let registerCount = 9

    let kinds: [Kind]

    /// The first register of a parameter; `nil`: it is on the stack, has none, or there is no such parameter.
    func register(at position: Int) -> Int? {
        guard kinds.indices.contains(position) else { return nil }
        var next = 0
        for (index, kind) in kinds.enumerated() {
            let fits = next + kind.words <= Self.registerCount
            if index == position { return fits && kind.words > 0 ? next : nil }
            if fits { next += kind.words }
        }
        return nil
    }
}
