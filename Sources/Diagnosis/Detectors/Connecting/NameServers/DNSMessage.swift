// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// The beginning of a DNS message, as far as it was recorded (RFC 1035, section 4). Foreign bytes: nothing in them is
/// trusted, and what is cut off is left out.
struct DNSMessage {
    private static let headerSize = 12
    private static let nameLimit = 255
    private static let internet: UInt16 = 1
    private static let typeA: UInt16 = 1
    private static let typeAAAA: UInt16 = 28

    let id: UInt16
    let isResponse: Bool
    /// 0: no error, 2: the server failed, 3: there is no such name, 5: refused.
    let responseCode: UInt8
    /// The answer did not fit: it is asked for again over TCP.
    let isTruncated: Bool
    /// Of the one question, in lower case, without the last dot; bytes other than letters, digits, `-` and `_` as `\DDD`.
    let name: String
    let type: UInt16
    /// From its A and AAAA answers, with port 0.
    private(set) var addresses: [Endpoint] = []

    /// - Parameter isStream: On TCP, where two bytes of length may stand before the message.
    /// - Parameter total: Bytes of the whole message.
    /// `nil`: not a query or an answer with exactly one question.
    init?(_ bytes: [UInt8], isStream: Bool, total: Int) {
        var start = 0
        if isStream, bytes.count > 2, Int(Self.number(bytes, 0)) == total - 2 { start = 2 }
        guard bytes.count >= start + Self.headerSize else { return nil }
        let message = Array(bytes[start...])
        id = Self.number(message, 0)
        let flags = Self.number(message, 2)
        isResponse = flags & 0x8000 != 0
        isTruncated = flags & 0x0200 != 0
        responseCode = UInt8(flags & 0xf)
        let isQuery = flags >> 11 & 0xf == 0
        guard isQuery, Self.number(message, 4) == 1, let (name, end) = Self.name(message, at: Self.headerSize),
            end + 4 <= message.count
        else { return nil }
        self.name = name
        type = Self.number(message, end)
        guard isResponse else { return }
        addresses = Self.addresses(message, at: end + 4, count: Int(Self.number(message, 6)))
    }

    private static func number(_ bytes: [UInt8], _ offset: Int) -> UInt16 {
        UInt16(bytes[offset]) << 8 | UInt16(bytes[offset + 1])
    }

    /// The name at an offset, and where what follows it starts; `nil`: it is cut off, or too long.
    private static func name(_ message: [UInt8], at start: Int) -> (name: String, end: Int)? {
        var text = ""
        var place = start
        var length = 0
        while place < message.count {
            let label = Int(message[place])
            if label == 0 { return (text, place + 1) }
            length += label + 1
            // A question comes first: there is nothing yet that its name could point to.
            guard label < 64, length <= nameLimit, place + 1 + label <= message.count else { return nil }
            if !text.isEmpty { text += "." }
            for byte in message[place + 1...place + label] { text += printable(byte) }
            place += label + 1
        }
        return nil
    }

    private static func printable(_ byte: UInt8) -> String {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): String(UnicodeScalar(byte | 0x20))
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"),
            UInt8(ascii: "_"):
            String(UnicodeScalar(byte))
        default: "\\" + String(repeating: "0", count: 3 - String(byte).count) + String(byte)
        }
    }

    /// Where what follows a name starts; `nil`: it is cut off.
    private static func end(ofName start: Int, in message: [UInt8]) -> Int? {
        var place = start
        while place < message.count {
            let label = Int(message[place])
            if label == 0 { return place + 1 }
            if label >= 0xc0 { return place + 2 }  // a pointer ends a name
            place += label + 1
        }
        return nil
    }

    private static func addresses(_ message: [UInt8], at start: Int, count: Int) -> [Endpoint] {
        var addresses: [Endpoint] = []
        var place = start
        for _ in 0..<count {
            guard let end = end(ofName: place, in: message), end + 10 <= message.count else { break }
            let (type, kind, length) = (number(message, end), number(message, end + 2), Int(number(message, end + 8)))
            place = end + 10 + length
            guard place <= message.count else { break }
            let isAddress = kind == internet && (type == typeA && length == 4 || type == typeAAAA && length == 16)
            if isAddress, let address = endpoint(message[end + 10..<place]) { addresses.append(address) }
        }
        return addresses
    }

    private static func endpoint(_ bytes: ArraySlice<UInt8>) -> Endpoint? {
        func word(_ bytes: ArraySlice<UInt8>) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }
        if bytes.count == 4 { return .ipv4(address: UInt32(truncatingIfNeeded: word(bytes)), port: 0) }
        return .ipv6(high: word(bytes.prefix(8)), low: word(bytes.suffix(8)), port: 0)
    }
}
