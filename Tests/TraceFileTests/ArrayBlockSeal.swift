// SPDX-License-Identifier: Apache-2.0
@testable import TraceFile

extension [UInt8] {
    /// Makes the checksum of the block header at `start` right again.
    mutating func sealHeader(at start: Int) {
        let crc = withUnsafeBytes { CRC32C.checksum(.init(rebasing: $0[start..<start + 52])) }
        withUnsafeMutableBytes { $0.storeLittleEndian(crc, at: start + 52) }
    }

    /// Makes both checksums of the block at `start` right again, if its payload is inside.
    mutating func sealBlock(at start: Int) {
        let length = withUnsafeBytes { Int($0.littleEndian(at: start + 8, as: UInt32.self)) }
        guard start + 56 + length <= count else { return sealHeader(at: start) }
        let crc = withUnsafeBytes { CRC32C.checksum(.init(rebasing: $0[(start + 56)..<(start + 56 + length)])) }
        withUnsafeMutableBytes { $0.storeLittleEndian(crc, at: start + 20) }
        sealHeader(at: start)
    }
}

extension [UInt8] {
    /// Makes the checksum of the file header right again.
    mutating func sealFileHeader() {
        let crc = withUnsafeBytes { CRC32C.checksum(.init(rebasing: $0[..<36])) }
        withUnsafeMutableBytes { $0.storeLittleEndian(crc, at: 36) }
    }
}
