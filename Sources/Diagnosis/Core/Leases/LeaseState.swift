// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// A lease that is open. Plain numbers: one is updated for every receive and send on its socket.
struct LeaseState {
    var id: LeaseID
    var pool: Int32
    var site: Int32
    var holder: Holder
    var holderKey: HolderKey?
    var goroutineAddress: UInt64 = 0
    var requested: EventMark?
    var acquired: EventMark
    var origin = LeaseOrigin()
    /// From the request to the lease; `nil`: the request was before the trace.
    var wait: UInt64?
    var sighting = HolderSighting()
    var holderPlace = HolderPlace()

    var join = JoinMethod.none
    /// The walked socket; -1: none, or closed since.
    var socket: Int32 = -1
    var walkedDescriptor: Int32 = -1
    /// Its socket closed during the lease: `LeaseLedger` has what was known of it.
    var isSocketClosed = false
    /// When that socket was opened; 0: not in the trace.
    var closedSocketBornAt: UInt64 = 0
    /// It was there before the probes.
    var wasSocketOlder = false
    /// The one socket that the holder used; 0: none yet.
    var witnessInode: UInt64 = 0
    var isWitnessAmbiguous = false

    var lastActivity: EventMark?
    var isHandedOver = false
    /// Another goroutine read last: not one that only says farewell.
    var isReadByOther = false
    /// When the wait for the peer began that has not ended; 0: nothing is outstanding.
    var waitingSince: UInt64 = 0
    var socketTime: UInt64 = 0
    var receivedBytes: UInt64 = 0
    var sentBytes: UInt64 = 0
    /// Links of the lists of leases of one holder and of one socket; -1: the last.
    var nextOfHolder: Int32 = -1
    var nextOfSocket: Int32 = -1

    init(id: LeaseID, pool: Int32, site: Int32, holder: Holder, holderKey: HolderKey?, acquired: EventMark) {
        self.id = id
        self.pool = pool
        self.site = site
        self.holder = holder
        self.holderKey = holderKey
        self.acquired = acquired
    }

    var key: LeaseKey { LeaseKey(adapterID: id.adapterID, connection: id.connection) }

    /// Whether one socket is known to be the lease's, so that its use can be measured.
    var isSocketKnown: Bool { join == .walked || join == .walkedLater || (witnessInode != 0 && !isWitnessAmbiguous) }

    /// The holder used one socket, and it is not the one that the walk found.
    var isContrary: Bool { socket >= 0 && lastActivity == nil && witnessInode != 0 && !isWitnessAmbiguous }

    /// It had a socket, or did something on one.
    var isUsed: Bool { lastActivity != nil || socket >= 0 || witnessInode != 0 }

    /// How long the socket was in use, if the lease ends at `end`.
    func socketTime(at end: UInt64, hold: UInt64) -> UInt64 {
        min(hold, socketTime &+ (waitingSince > 0 ? end.elapsed(since: waitingSince) : 0))
    }

    mutating func forgetActivity() {
        lastActivity = nil
        isHandedOver = false
        isReadByOther = false
        waitingSince = 0
        socketTime = 0
        receivedBytes = 0
        sentBytes = 0
    }

    /// Books a receive or send on the lease's socket. Returns the next lease of the same socket.
    ///
    /// The socket is in use from a send, or from a read of the holder that found nothing, until data comes; and while a
    /// call blocks. The rest of the hold is the application's own time.
    mutating func note(_ io: SocketIO, by key: HolderKey?) -> Int32 {
        let isHolder = key == nil || key == holderKey
        let now = io.mark.timestamp
        if io.isWouldBlock {
            if waitingSince == 0, isHolder { waitingSince = now }
        } else if io.isReceive {
            let from = max(waitingSince != 0 ? waitingSince : io.start, acquired.timestamp)
            if now > from { socketTime &+= now - from }
            waitingSince = 0
        } else if io.isData, waitingSince == 0 {
            waitingSince = max(io.start, acquired.timestamp)
        }
        if io.isActivity {
            lastActivity = io.mark
            isHandedOver = !isHolder
            if io.isReceive { isReadByOther = !isHolder }
        }
        if io.isReceive { receivedBytes &+= io.bytes } else { sentBytes &+= io.bytes }
        return nextOfSocket
    }
}
