// SPDX-License-Identifier: Apache-2.0

/// Memory that can be read from outside: a running process, or bytes that a test made.
public protocol ReadableMemory: Sendable {
    /// Exactly `count` bytes at an address; `nil`: not all of them can be read.
    func read(_ address: UInt64, count: Int) -> [UInt8]?
}

extension ReadableMemory {
    /// A little-endian number; `nil`: unreadable.
    public func readUInt64(_ address: UInt64) -> UInt64? {
        read(address, count: 8).flatMap { ByteTable($0).uint64(at: 0) }
    }

    /// A little-endian number; `nil`: unreadable.
    public func readUInt32(_ address: UInt64) -> UInt32? {
        read(address, count: 4).flatMap { ByteTable($0).uint32(at: 0) }
    }

    /// A little-endian number; `nil`: unreadable.
    public func readInt64(_ address: UInt64) -> Int64? {
        readUInt64(address).map { Int64(bitPattern: $0) }
    }

    /// A little-endian number; `nil`: unreadable.
    public func readUInt16(_ address: UInt64) -> UInt16? {
        read(address, count: 2).flatMap { ByteTable($0).uint16(at: 0) }
    }

    /// `nil`: unreadable.
    public func readUInt8(_ address: UInt64) -> UInt8? {
        read(address, count: 1)?.first
    }

    /// Up to `limit` bytes, fewer where the readable memory ends; reads in pieces that do not cross a page.
    func readPrefix(_ address: UInt64, limit: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        var next = address
        while bytes.count < limit {
            let piece = min(limit - bytes.count, Int(4096 - next % 4096))
            guard let read = read(next, count: piece) else { break }
            bytes += read
            next = next &+ UInt64(piece)
        }
        return bytes
    }
}
