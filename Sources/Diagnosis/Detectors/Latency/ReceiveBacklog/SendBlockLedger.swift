// SPDX-License-Identifier: Apache-2.0

/// How long goroutines and threads were blocked in sends since they last received data: what waits for them meanwhile waits
/// for whoever they send to.
struct SendBlockLedger {
    private struct Block {
        /// When a send found no room; 0: none has since the last that did.
        var since: UInt64
        var total: UInt64
    }

    static let holderLimit = 4096
    /// A send that takes less did not wait.
    private static let floor: UInt64 = 1_000_000
    private var blocks: [HolderKey: Block] = [:]
    /// Blocked sends of holders beyond the limit.
    private(set) var unlisted: UInt64 = 0

    mutating func note(_ io: SocketIO, by holder: HolderKey) {
        let now = io.mark.timestamp
        if io.isReceive {
            if io.bytes > 0, !blocks.isEmpty { blocks[holder] = nil }
            return
        }
        let isLong = now &- io.start >= Self.floor
        // Nobody has been blocked, as nearly always: nothing is looked up.
        if !io.isWouldBlock, !isLong, blocks.isEmpty { return }
        if blocks[holder] == nil {
            guard io.isWouldBlock || isLong else { return }
            // So many that have been blocked and have received nothing since: of the others nothing is told.
            if blocks.count >= Self.holderLimit {
                unlisted &+= 1
                return
            }
            blocks[holder] = Block(since: 0, total: 0)
        }
        guard var block = blocks[holder] else { return }
        if block.since != 0 {
            block.total &+= now &- min(block.since, now)
        } else {
            block.total &+= now &- io.start
        }
        block.since = io.isWouldBlock ? now : 0
        blocks[holder] = block
    }

    /// The time since the holder's last receive of data in which it was blocked in sends.
    func blocked(_ holder: HolderKey) -> UInt64 { blocks.isEmpty ? 0 : blocks[holder]?.total ?? 0 }
}
