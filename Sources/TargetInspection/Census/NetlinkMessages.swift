// SPDX-License-Identifier: Apache-2.0
import CLinuxDiag

/// Walks the messages of one netlink datagram (netlink(7)), without trusting a length in it.
struct NetlinkMessages: Sequence, IteratorProtocol {
    struct Message {
        var type: Int32
        var flags: Int32
        var sequence: UInt32
        var payload: UnsafeRawBufferPointer
    }

    private let bytes: UnsafeRawBufferPointer
    private var offset = 0
    /// A message did not fit into the datagram; the walk ended there.
    private(set) var isTruncated = false

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    mutating func next() -> Message? {
        guard offset < bytes.count, !isTruncated else { return nil }
        let headerSize = MemoryLayout<nlmsghdr>.size
        guard let header = bytes.value(at: offset, as: nlmsghdr.self), Int(header.nlmsg_len) >= headerSize,
            Int(header.nlmsg_len) <= bytes.count - offset
        else {
            isTruncated = true
            return nil
        }
        let end = offset + Int(header.nlmsg_len)
        let payload = UnsafeRawBufferPointer(rebasing: bytes[(offset + headerSize)..<end])
        offset = Swift.min((end + 3) & ~3, bytes.count)  // NLMSG_ALIGN
        return Message(
            type: Int32(header.nlmsg_type), flags: Int32(header.nlmsg_flags), sequence: header.nlmsg_seq,
            payload: payload)
    }
}

/// Walks the attributes that follow a netlink message's own struct. A broken length ends the walk.
struct NetlinkAttributes: Sequence, IteratorProtocol {
    private let bytes: UnsafeRawBufferPointer
    private var offset: Int

    init(_ payload: UnsafeRawBufferPointer, after size: Int) {
        bytes = payload
        offset = (size + 3) & ~3
    }

    mutating func next() -> (type: Int, value: UnsafeRawBufferPointer)? {
        let headerSize = MemoryLayout<nlattr>.size
        guard let header = bytes.value(at: offset, as: nlattr.self), Int(header.nla_len) >= headerSize,
            Int(header.nla_len) <= bytes.count - offset
        else { return nil }
        let end = offset + Int(header.nla_len)
        let value = UnsafeRawBufferPointer(rebasing: bytes[(offset + headerSize)..<end])
        offset = (end + 3) & ~3
        return (Int(header.nla_type & 0x3fff), value)  // NLA_TYPE_MASK: without the two flag bits
    }
}

extension UnsafeRawBufferPointer {
    /// The value at `offset`; `nil`: it does not lie within the buffer.
    func value<Value: BitwiseCopyable>(at offset: Int, as type: Value.Type) -> Value? {
        guard offset >= 0, offset <= count, MemoryLayout<Value>.size <= count - offset else { return nil }
        return loadUnaligned(fromByteOffset: offset, as: type)
    }
}
