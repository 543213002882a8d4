// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import TraceFile

/// The LEB128 numbers of a packed stream, as DWARF defines them (section 7.6 of DWARF 5).
@Suite(.timeLimit(.minutes(15))) struct PackedInputTests {
    private func encoded(_ value: UInt64) -> [UInt8] {
        var (rest, bytes) = (value, [UInt8]())
        while rest >= 0x80 {
            bytes.append(UInt8(rest & 0x7F) | 0x80)
            rest >>= 7
        }
        return bytes + [UInt8(rest)]
    }

    /// The number that `bytes` begin with, and how many of them it has.
    private func decoded(_ bytes: [UInt8]) -> (value: UInt64?, length: Int) {
        bytes.withUnsafeBytes { bytes in
            guard let start = bytes.baseAddress else { return (nil, 0) }
            var input = PackedInput(cursor: start, end: start + bytes.count)
            let value = input.varint()
            return (value, input.cursor - start)
        }
    }

    private var values: [UInt64] {
        (0...64).flatMap { bits -> [UInt64] in
            let power = bits == 64 ? 0 : UInt64(1) << UInt64(bits)
            return [power &- 1, power, power &+ 1, power | 0x55]
        } + [0x0102_0408_1020_4081, 0xFEDC_BA98_7654_3210]
    }

    @Test(arguments: [0, 1, 6, 7, 8, 20]) func everyLengthIsReadWhateverFollows(followed: Int) {
        for value in values {
            for byte: UInt8 in [0x00, 0x7F, 0xFF] {
                let bytes = encoded(value)
                let result = decoded(bytes + Array(repeating: byte, count: followed))
                #expect(result.value == value && result.length == bytes.count, "\(value)")
            }
        }
    }

    @Test(arguments: 0...10) func aCutNumberIsNone(length: Int) {
        #expect(decoded(Array(repeating: 0x80, count: length)).value == nil)
    }

    @Test func whatDoesNotFitIsNone() {
        let nine = [UInt8](repeating: 0xFF, count: 9)
        #expect(decoded(nine + [0x01]).value == .max)
        #expect(decoded(nine + [0x02]).value == nil)
        #expect(decoded(nine + [0x80, 0x00]).value == nil)
    }
}
