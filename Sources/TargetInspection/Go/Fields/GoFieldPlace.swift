// SPDX-License-Identifier: Apache-2.0

/// Where a field lies, from the address of its structure.
///
/// For each offset of `dereferences`, `address = *(address + offset)`; the field is at `address + offset`.
public struct GoFieldPlace: Sendable, Hashable {
    /// Offsets in bytes of the pointers to follow; empty: the field lies in the structure itself.
    public let dereferences: [UInt32]
    /// Bytes from where the last pointer leads, or from the start of the structure.
    public let offset: UInt32
    /// Bytes.
    public let size: UInt32
    let origin: GoFieldOrigin

    /// A place that is known without a look at the program's types; `origin` says from where.
    public init(dereferences: [UInt32] = [], offset: UInt32, size: UInt32, origin: GoFieldOrigin) {
        self.dereferences = dereferences
        self.offset = offset
        self.size = size
        self.origin = origin
    }

    /// The field's address in a structure; `nil`: unreadable, or behind a pointer that is nil.
    public func address(in structure: UInt64, _ memory: any ReadableMemory) -> UInt64? {
        var address = structure
        for step in dereferences {
            guard let next = memory.readUInt64(address &+ UInt64(step)), next != 0 else { return nil }
            address = next
        }
        return address &+ UInt64(offset)
    }

    /// The field's value as a signed number; `nil`: unreadable, or no number.
    public func number(in structure: UInt64, _ memory: any ReadableMemory) -> Int64? {
        guard let address = address(in: structure, memory) else { return nil }
        switch size {
        case 1: return memory.readUInt8(address).map { Int64(Int8(bitPattern: $0)) }
        case 2: return memory.readUInt16(address).map { Int64(Int16(bitPattern: $0)) }
        case 4: return memory.readUInt32(address).map { Int64(Int32(bitPattern: $0)) }
        case 8: return memory.readInt64(address)
        default: return nil
        }
    }
}
