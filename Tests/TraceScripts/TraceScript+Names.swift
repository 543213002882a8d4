// SPDX-License-Identifier: Apache-2.0
public import CTraceRecords

/// Queries to a name server and its answers, as bytes on the wire (RFC 1035, section 4).
extension TraceScript {
    /// - Parameter answers: IPv4 addresses; `nil`: a query.
    public static func message(
        _ id: UInt16, _ name: String, answers: [[UInt8]]? = nil, responseCode: UInt8 = 0, truncated: Bool = false
    ) -> [UInt8] {
        let flags: UInt8 = answers == nil ? 0x01 : truncated ? 0x83 : 0x81
        var bytes: [UInt8] = [UInt8(id >> 8), UInt8(id & 0xff), flags, (answers == nil ? 0 : 0x80) | responseCode]
        bytes += [0, 1, 0, UInt8(answers?.count ?? 0), 0, 0, 0, 0]
        for label in name.split(separator: ".") { bytes += [UInt8(label.utf8.count)] + Array(label.utf8) }
        bytes += [0, 0, 1, 0, 1]
        for answer in answers ?? [] { bytes += [0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4] + answer }
        return bytes
    }

    /// A message to (`ps_io_operation.send`) or from a name server at 10.0.0.53.
    public mutating func name(
        _ operation: ps_io_operation, at: Double, inode: UInt64, _ bytes: [UInt8], protocolNumber: UInt16 = 17
    ) {
        var record = ps_dns_message()
        record.header = Self.header(.dnsMessage, at: at)
        record.socket_inode = inode
        record.remote_address = Self.bytes((10, 0, 0, 53))
        record.remote_port = 53
        record.family = 2
        record.protocol = protocolNumber
        record.operation = operation.rawValue
        record.message_length = UInt32(bytes.count)
        record.captured_length = UInt32(min(bytes.count, Int(PS_DNS_MESSAGE_SIZE)))
        withUnsafeMutableBytes(of: &record.message) { $0.copyBytes(from: bytes.prefix(Int(PS_DNS_MESSAGE_SIZE))) }
        add(.dnsMessage(record))
    }
}
