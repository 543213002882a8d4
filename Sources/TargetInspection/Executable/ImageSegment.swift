// SPDX-License-Identifier: Apache-2.0

/// A program header of an ELF file (elf(5), `Elf64_Phdr`).
public struct ImageSegment: Sendable, Equatable {
    /// `PT_LOAD`, ...
    public let type: UInt32
    /// `PF_X` 1, `PF_W` 2, `PF_R` 4.
    public let flags: UInt32
    let fileOffset: UInt64
    /// Link-time address.
    public let address: UInt64
    /// Bytes in the file.
    public let fileSize: UInt64
    /// Bytes in memory: what the file does not hold of them is zero at first (`.bss`).
    public let memorySize: UInt64

    static let load: UInt32 = 1
    static let dynamic: UInt32 = 2
    static let interpreter: UInt32 = 3
    static let note: UInt32 = 4

    /// A segment that is mapped into the process.
    public var isLoaded: Bool { type == Self.load }
    var isExecutable: Bool { flags & 1 != 0 }
    /// Mapped with `PF_W`. The loader may make a part of it read-only later.
    public var isWritable: Bool { flags & 2 != 0 }

    /// Bytes from `address` to the end of what the file holds of this segment; `nil`: not in it.
    func fileBytes(from address: UInt64) -> UInt64? {
        guard isLoaded, address >= self.address, address - self.address < fileSize else { return nil }
        return fileSize - (address - self.address)
    }
}
