// SPDX-License-Identifier: Apache-2.0
import Testing
@testable import TraceFile

@Suite(.timeLimit(.minutes(15))) struct ChecksumTests {
    /// RFC 3720 B.4, and the usual check value of the CRC catalogue.
    @Test func knownValues() {
        func crc(_ bytes: [UInt8]) -> UInt32 { bytes.withUnsafeBytes { CRC32C.checksum($0) } }
        #expect(crc(Array("123456789".utf8)) == 0xE306_9283)
        #expect(crc([UInt8](repeating: 0, count: 32)) == 0x8A91_36AA)
        #expect(crc([UInt8](repeating: 0xFF, count: 32)) == 0x62A8_AB43)
        #expect(crc(Array(0..<32)) == 0x46DD_794E)
        #expect(crc([]) == 0)
    }
}
