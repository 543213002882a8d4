// SPDX-License-Identifier: Apache-2.0

/// A part of a foreign memory, copied once; what is outside of it is read where it is.
struct CopiedMemory: ReadableMemory {
    private let start: UInt64
    private let bytes: [UInt8]
    private let rest: any ReadableMemory

    /// `nil`: it cannot be read.
    init?(_ memory: any ReadableMemory, from start: UInt64, count: Int) {
        guard let bytes = memory.read(start, count: count) else { return nil }
        self.start = start
        self.bytes = bytes
        rest = memory
    }

    func read(_ address: UInt64, count: Int) -> [UInt8]? {
        guard address >= start, count >= 0, address - start <= UInt64(bytes.count),
            count <= bytes.count - Int(address - start)
        else { return rest.read(address, count: count) }
        let offset = Int(address - start)
        return Array(bytes[offset..<offset + count])
    }

    /// The multiples of `stride` for which `isWanted` holds of the byte that lies `place` further.
    func offsets(ofByte isWanted: (UInt8) -> Bool, at place: Int, stride step: Int) -> [Int] {
        bytes.withUnsafeBytes { region in
            stride(from: 0, to: region.count - place, by: step).filter { isWanted(region[$0 + place]) }
        }
    }
}
