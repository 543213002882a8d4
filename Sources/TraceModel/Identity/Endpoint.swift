// SPDX-License-Identifier: Apache-2.0

/// One end of a connection: an address and port, or the path of a Unix socket.
public enum Endpoint: Hashable, Sendable {
    /// The address in host order: 127.0.0.1 is 0x7f000001.
    case ipv4(address: UInt32, port: UInt16)
    /// The upper and lower half of the address in host order.
    case ipv6(high: UInt64, low: UInt64, port: UInt16)
    /// A path of the file system, or an abstract name (without its leading zero byte).
    case unix(path: String, isAbstract: Bool)

    /// An address of a record: 16 bytes in network order, IPv4 in the first four.
    ///
    /// `nil`: another family, or nothing but zeros (not bound, not connected).
    public init?(family: UInt16, address: AddressBytes, port: UInt16) {
        let (high, low) = Self.halves(address)
        if high == 0, low == 0, port == 0 { return nil }
        switch family {
        case 2: self = .ipv4(address: UInt32(truncatingIfNeeded: high >> 32), port: port)
        case 10: self = .ipv6(high: high, low: low, port: port)
        default: return nil
        }
    }

    /// The path of a `unix_address` record; `nil`: an unnamed socket.
    public init?(unixPath bytes: some Collection<UInt8>) {
        guard let first = bytes.first else { return nil }
        let isAbstract = first == 0
        let name = isAbstract ? Array(bytes.dropFirst()) : Array(bytes.prefix { $0 != 0 })
        if name.isEmpty { return nil }
        self = .unix(path: String(decoding: name, as: UTF8.self), isAbstract: isAbstract)
    }

    /// The C array of an address in a record, as Swift imports it.
    public typealias AddressBytes = (
        UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8
    )

    private static func halves(_ address: AddressBytes) -> (high: UInt64, low: UInt64) {
        withUnsafeBytes(of: address) { bytes in
            (
                UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self)),
                UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
            )
        }
    }

    /// `nil` for a Unix socket.
    public var port: UInt16? {
        switch self {
        case .ipv4(_, let port), .ipv6(_, _, let port): port
        case .unix: nil
        }
    }
}

extension Endpoint {
    /// The same address with port 0; `nil` for a Unix socket.
    public var withoutPort: Endpoint? {
        switch self {
        case .ipv4(let address, _): .ipv4(address: address, port: 0)
        case .ipv6(let high, let low, _): .ipv6(high: high, low: low, port: 0)
        case .unix: nil
        }
    }

    /// The address alone, as in `description`; `nil` for a Unix socket.
    public var addressText: String? { withoutPort.map { String($0.description.dropLast(2)) } }
}
