// SPDX-License-Identifier: Apache-2.0
import CTraceRecords

/// The text of `/proc/PID/net/tcp`, `tcp6`, `udp`, `udp6`, `raw`, `raw6` (net/ipv4/tcp_ipv4.c, `get_tcp4_sock`).
///
/// Tells addresses, state and queues; no round trip time, no ages, and not how often was retransmitted in all.
struct InetTable {
    let family: UInt16
    let type: UInt16
    let transport: UInt16

    /// Takes in all sockets of the table that the target holds. Returns the number of lines that it could not read.
    func resolve(_ text: UnsafeRawBufferPointer, into sockets: inout ObservedSockets) -> Int {
        KernelTextLine.forEach(in: text) { line in
            guard let (inode, fields) = parse(line) else { return false }
            if inode != 0 { sockets.resolve(inode) { apply(fields, to: &$0) } }
            return true
        }
    }

    private struct Fields {
        var local: Endpoint
        var remote: Endpoint
        var state: UInt16
        var sendQueue: UInt32
        var receiveQueue: UInt32
    }

    private struct Endpoint {
        var address: (UInt32, UInt32, UInt32, UInt32) = (0, 0, 0, 0)
        var port: UInt16 = 0
    }

    /// `sl local:port remote:port state tx:rx timer:when retransmits uid timeout inode ...`
    private func parse(_ text: UnsafeRawBufferPointer) -> (inode: UInt64, fields: Fields)? {
        var line = KernelTextLine(text)
        guard line.skip(1) != nil, let local = line.field().flatMap(endpoint),
            let remote = line.field().flatMap(endpoint), let state = line.hexadecimal(),
            let queues = line.field(), queues.count == 17, queues[8] == UInt8(ascii: ":"),
            let sendQueue = KernelTextLine.hexadecimal(queues[..<8]),
            let receiveQueue = KernelTextLine.hexadecimal(queues[9...]),
            line.skip(4) != nil, let inode = line.decimal(), state <= 255
        else { return nil }
        let fields = Fields(
            local: local, remote: remote, state: UInt16(state), sendQueue: sendQueue, receiveQueue: receiveQueue)
        return (inode, fields)
    }

    /// `ADDRESS:PORT`; an address is one or four words, each printed as a number of this machine's byte order.
    private func endpoint(_ field: UnsafeRawBufferPointer) -> Endpoint? {
        let digits = family == 2 ? 8 : 32
        guard field.count == digits + 5, field[digits] == UInt8(ascii: ":"),
            let port = KernelTextLine.hexadecimal(field[(digits + 1)...])
        else { return nil }
        var endpoint = Endpoint(port: UInt16(truncatingIfNeeded: port))
        for word in 0..<(digits / 8) {
            guard let value = KernelTextLine.hexadecimal(field[(word * 8)..<(word * 8 + 8)]) else { return nil }
            withUnsafeMutableBytes(of: &endpoint.address) { address in
                address.storeBytes(of: value, toByteOffset: word * 4, as: UInt32.self)
            }
        }
        return endpoint
    }

    private func apply(_ fields: Fields, to record: inout ps_census_socket) {
        record.family = family
        record.type = type
        record.protocol = transport
        record.state = fields.state
        record.local_port = fields.local.port
        record.remote_port = fields.remote.port
        withUnsafeBytes(of: fields.local.address) { record.setLocalAddress($0[...]) }
        withUnsafeBytes(of: fields.remote.address) { record.setRemoteAddress($0[...]) }
        record.setQueues(receive: fields.receiveQueue, send: fields.sendQueue)
    }
}
