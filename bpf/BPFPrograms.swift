// SPDX-License-Identifier: Apache-2.0

/// The compiled BPF programs, as one ELF object.
public enum BPFPrograms {
    /// The object file's bytes, decoded from the literal that the BuildProbes plugin wrote.
    public static func object() -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(embeddedObject.utf8CodeUnitCount / 4 * 3)
        var accumulator: UInt32 = 0
        var bits = 0
        embeddedObject.withUTF8Buffer { literal in
            for character in literal {
                guard let value = base64Value(of: character) else { break }  // padding: the end
                accumulator = accumulator << 6 | value
                bits += 6
                if bits >= 8 {
                    bits -= 8
                    bytes.append(UInt8(truncatingIfNeeded: accumulator >> UInt32(bits)))
                }
            }
        }
        return bytes
    }

    private static func base64Value(of character: UInt8) -> UInt32? {
        switch character {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(character - UInt8(ascii: "A"))
        case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(character - UInt8(ascii: "a")) + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(character - UInt8(ascii: "0")) + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}
