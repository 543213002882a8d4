// SPDX-License-Identifier: Apache-2.0

extension TraceRecord {
    /// The socket that a record is about, by inode; `nil`: none, or not known.
    public var socketInode: UInt64? { field(\.socketInode) }

    /// The connection object of the lease that a record is about; `nil`: none.
    public var leaseConnection: UInt64? {
        // A handshake names the TLS connection, which is no lease's.
        if case .tlsHandshake = self { return nil }
        return field(\.connection)
    }

    private func field(_ place: KeyPath<RecordLayout, Int?>) -> UInt64? {
        guard let offset = RecordLayout.of(header.kind)?[keyPath: place] else { return nil }
        let value = withBytes { $0.loadUnaligned(fromByteOffset: offset, as: UInt64.self) }
        return value == 0 ? nil : value
    }
}
