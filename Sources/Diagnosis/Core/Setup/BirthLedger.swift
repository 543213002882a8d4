// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// How the connections that live came into being, in parts.
struct BirthLedger {
    private static let lookupLimit = 4096

    /// Look-ups that may still have a socket to come.
    private var lookups: [HolderKey: NameLookup] = [:]
    /// Connections that live, by inode.
    private var births = SlotMap<UInt64, BirthState>()
    /// Handshakes whose socket is not known.
    var unplacedHandshakes: UInt64 = 0

    var liveCount: Int { births.count }

    mutating func note(_ lookup: NameLookup, hasFailed: Bool, by holder: HolderKey?) {
        guard let holder else { return }
        if hasFailed {
            lookups.removeValue(forKey: holder)
            return
        }
        if lookups.count >= Self.lookupLimit {
            lookups = lookups.filter { $0.value.isOf(dialAt: lookup.endedAt) && !$0.value.isUsed }
            // As many in one second: those of this moment are told of no connection.
            if lookups.count >= Self.lookupLimit { return }
        }
        lookups[holder] = lookup
    }

    mutating func begin(inode: UInt64, by holder: HolderKey?, at now: UInt64) {
        var birth = BirthState(holder: holder)
        if let holder, lookups[holder]?.isOf(dialAt: now) ?? false {
            lookups[holder]?.isUsed = true
            birth.lookup = lookups[holder]
        }
        if let old = births.slot(inode) { births[old] = birth } else { births.insert(inode, birth) }
    }

    func state(inode: UInt64) -> BirthState? { births.slot(inode).map { births[$0] } }

    mutating func update(inode: UInt64, _ change: (inout BirthState) -> Void) {
        if let birth = births.slot(inode) { change(&births[birth]) }
    }

    /// What comes next of the same goroutine is another dial.
    mutating func connected(inode: UInt64, at now: UInt64) {
        guard let birth = births.slot(inode), births[birth].connected == 0 else { return }
        births[birth].connected = now
        if let holder = births[birth].holder { lookups.removeValue(forKey: holder) }
    }

    /// The connection is closed.
    mutating func remove(inode: UInt64) { births.remove(inode) }
}
