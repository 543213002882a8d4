// SPDX-License-Identifier: Apache-2.0

extension TraceRecord {
    /// The socket that a record is about, by inode; `nil`: none, or not known.
    public var socketInode: UInt64? {
        let inode: UInt64 =
            switch self {
            case .socketOpen(let record): record.socket_inode
            case .socketConnect(let record): record.socket_inode
            case .socketAccept(let record): record.socket_inode
            case .socketState(let record): record.socket_inode
            case .socketIO(let record): record.socket_inode
            case .socketClose(let record): record.socket_inode
            case .descriptorOpen(let record): record.socket_inode
            case .descriptorClose(let record): record.socket_inode
            case .unixAddress(let record): record.socket_inode
            case .socketRetransmit(let record): record.socket_inode
            case .socketReset(let record): record.socket_inode
            case .datagramDrop(let record): record.socket_inode
            case .socketListen(let record): record.socket_inode
            case .socketOption(let record): record.socket_inode
            case .socketBind(let record): record.socket_inode
            case .socketShutdown(let record): record.socket_inode
            case .dnsMessage(let record): record.socket_inode
            case .socketSum(let record): record.socket_inode
            case .datagramPeer(let record): record.socket_inode
            case .detailChange(let record): record.socket_inode
            case .poolAcquireEnd(let record): record.socket_inode
            case .censusSocket(let record): record.socket_inode
            case .leaseJoin(let record): record.socket_inode
            case .tlsHandshake(let record): record.socket_inode
            case .deadline(let record): record.socket_inode
            case .taskExit, .taskFork, .taskExec, .nameLookup, .poolAcquireBegin, .poolRelease, .poolConnectionClose,
                .censusEnd,
                .holderState, .poolState,
                .clockPair, .loss, .stack:
                0
            }
        return inode == 0 ? nil : inode
    }

    /// The connection object of the lease that a record is about; `nil`: none.
    public var leaseConnection: UInt64? {
        let connection: UInt64 =
            switch self {
            case .poolAcquireEnd(let record): record.connection
            case .poolRelease(let record): record.connection
            case .poolConnectionClose(let record): record.connection
            case .holderState(let record): record.connection
            case .leaseJoin(let record): record.connection
            default: 0
            }
        return connection == 0 ? nil : connection
    }
}
