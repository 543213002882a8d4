// SPDX-License-Identifier: Apache-2.0

/// The names of a namespace's Unix sockets by inode, and the peers of those that the target holds. Reuses its storage.
struct UnixNames: Sendable {
    private var bytes: [UInt8] = []
    private var ranges: [UInt64: Range<Int>] = [:]
    private var peers: [UInt64: UInt64] = [:]
    private var seen: Set<UInt64> = []

    mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        ranges.removeAll(keepingCapacity: true)
        peers.removeAll(keepingCapacity: true)
        seen.removeAll(keepingCapacity: true)
    }

    /// Keeps a name as the kernel has it: a path, with or without the zero that ends it, or zero and an abstract name.
    mutating func setName(_ name: UnsafeRawBufferPointer, of inode: UInt64) {
        let text = name.first == 0 ? name[...] : name.prefix { $0 != 0 }
        guard !text.isEmpty else { return }
        let start = bytes.count
        bytes.append(contentsOf: text)
        ranges[inode] = start..<bytes.count
    }

    /// Says to which socket `inode` is connected. 0 is no socket: it must not hide what is known already.
    mutating func setPeer(_ peer: UInt64, of inode: UInt64) {
        if peer != 0 { peers[inode] = peer }
    }

    /// The name to which the socket is bound; `nil`: none. A socket from accept(2) has its listener's.
    func localName(of inode: UInt64) -> ArraySlice<UInt8>? { ranges[inode].map { bytes[$0] } }

    /// The name of the socket's peer; `nil`: not connected, the peer has no name, or is in another namespace.
    func remoteName(of inode: UInt64) -> ArraySlice<UInt8>? { peers[inode].flatMap(localName) }

    /// Whether a peer is in none of the tables read so far: it lives in another network namespace.
    var hasUnseenPeers: Bool { peers.values.contains { !seen.contains($0) } }

    /// Says that a table listed the socket, with or without a name.
    mutating func see(_ inode: UInt64) { seen.insert(inode) }
}
