// SPDX-License-Identifier: Apache-2.0
public import CTraceRecords
import TraceModel

/// UDP sockets that are not connected.
extension TraceScript {
    /// From here on the socket's datagrams go to (`send`), or come from, 10.0.0.`host`:`port`.
    public mutating func peer(
        _ operation: ps_io_operation, at: Double, inode: UInt64, host: UInt8, port: UInt16 = 8125
    ) {
        var record = ps_datagram_peer()
        record.header = Self.header(.datagramPeer, at: at)
        record.socket_inode = inode
        record.remote_address = Self.bytes((10, 0, 0, host))
        record.remote_port = port
        record.family = 2
        record.operation = operation.rawValue
        add(.datagramPeer(record))
    }
}
