// SPDX-License-Identifier: Apache-2.0

/// A section header of an ELF file (elf(5), `Elf64_Shdr`).
public struct ImageSection: Sendable, Equatable {
    let name: String
    /// `SHT_PROGBITS`, ...
    public let type: UInt32
    /// `SHF_ALLOC`, ...
    let flags: UInt64
    /// Link-time address; 0: not loaded.
    public let address: UInt64
    /// Where its content starts in the file, in bytes.
    public let fileOffset: UInt64
    /// Bytes.
    let size: UInt64
    /// The index of a related section: of a symbol table, its strings.
    public let link: UInt32

    static let symbolTable: UInt32 = 2
    static let noBits: UInt32 = 8
    static let dynamicSymbolTable: UInt32 = 11
    /// `SHF_COMPRESSED`, of `flags`.
    static let compressed: UInt64 = 0x800
}
