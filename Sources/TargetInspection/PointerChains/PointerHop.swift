// SPDX-License-Identifier: Apache-2.0

/// How to get from the data word of an interface, whose dynamic type is known, one step nearer to a socket.
///
/// With `address` the data word: for each offset, `address = *(address + offset)`; then the terminal.
public struct PointerHop: Sendable, Hashable {
    /// What the hop leads to.
    public enum Terminal: Sendable, Hashable {
        /// At `address + offset` is the next interface: a word that points to an itab, and its data word.
        case interface(offset: UInt32)
        /// At `address + offset` is a value of type `any`: a word that points to the type, and its data word.
        case any(offset: UInt32)
        /// At `address + offset` is the descriptor (`poll.FD.Sysfd`, 64 bits).
        case descriptor(offset: UInt32)
    }

    /// Offsets in bytes of the pointers to follow; empty: `terminal` lies in the object itself.
    public let dereferenceOffsets: [UInt32]
    /// What is at the address after the last of them.
    public let terminal: Terminal

    /// Nothing comes after it.
    public var endsInDescriptor: Bool { if case .descriptor = terminal { true } else { false } }

    /// A hop from a table or from a user's description. `PointerChainPlanner` finds those that a program's types have.
    public init(dereferenceOffsets: [UInt32], terminal: Terminal) {
        self.dereferenceOffsets = dereferenceOffsets
        self.terminal = terminal
    }
}
