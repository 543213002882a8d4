// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// A socket that is alive, as far as the records tell. Plain numbers: one is updated for every receive and send.
struct SocketState {
    var inode: UInt64
    /// Which of the sockets that have had this place; from 1.
    var generation: UInt32 = 1
    var key: UInt64 = 0
    /// 0: before the probes, or the record is missing.
    var bornAt: UInt64 = 0
    /// socket(2) or accept(2); `nil`: before the probes, or the record is missing.
    var birth: EventMark?
    var firstSeen: UInt64
    /// The first census found it there before the probes.
    var isOlderThanTrace = false
    var family: UInt16 = 0
    var protocolNumber: UInt16 = 0
    var local: Endpoint?
    var remote: Endpoint?
    var isAccepted = false
    var openStack: Int32 = -1
    var descriptor: Int32 = -1
    var descriptorCount: Int32 = 0
    var state: UInt16 = 0
    var closeWait: EventMark?
    var connects: UInt32 = 0
    var failedConnects: UInt32 = 0
    /// A failure was counted from the state change; connect(2), which returns after it, reports the same one.
    var isFailureCounted = false
    var connect = ConnectState()
    /// Counted among the connections of its endpoint.
    var isCountedConnected = false
    var unanswered = UnansweredSends()
    var end = ConnectionEnd()
    var closedWindows: ClosedWindows?
    var keepalive = KeepaliveState()

    /// Receives of data.
    var dataReceives: UInt64 = 0
    var receivedBytes: UInt64 = 0
    var sentBytes: UInt64 = 0
    var lastActivity: EventMark?
    var readDeadline: ReadDeadline?
    /// The first of the leases that are open on it; -1: none.
    var firstLease: Int32 = -1
    var wasLeased = false
    var use = PooledUse()
    var path = AnswerPath()
    /// Its calls come in sums.
    var isSummed = false
    /// When its SYN was sent; 0: not seen, or answered.
    var connectingSince: UInt64 = 0

    var censusAt: UInt64 = 0
    var censusIndex: UInt32 = 0
    var lastActivityByCensus: UInt64 = 0
    var isSendLastByCensus = false
    var receiveQueueBytes: UInt32 = 0
    var sendQueueBytes: UInt32 = 0
    var roundTripMicroseconds: UInt32 = 0
    var retransmits: UInt32 = 0

    init(inode: UInt64, firstSeen: UInt64) {
        self.inode = inode
        self.firstSeen = firstSeen
    }

    mutating func setKind(family: UInt16, _ protocolNumber: UInt16) {
        self.family = family
        self.protocolNumber = protocolNumber
        path.isLocal = family == 1
        path.isArrivalKnown = protocolNumber == 6
    }

    var id: SocketID {
        SocketID(inode: inode, bornAt: bornAt == 0 ? nil : MonotonicInstant(nanoseconds: bornAt))
    }

    /// Books a receive or send. Returns the first lease that is open on the socket.
    ///
    /// - Parameter farewellTime: see `premature-timeout.wait`.
    /// - Parameter longSilence: see `ConnectionEnd.note`.
    mutating func note(_ io: SocketIO, by holder: HolderKey?, farewellTime: UInt64, longSilence: UInt64) -> Int32 {
        if io.isActivity { lastActivity = io.mark }
        if io.isReceive {
            receivedBytes &+= io.bytes
            if io.bytes > 0 { dataReceives &+= 1 }
        } else {
            sentBytes &+= io.bytes
        }
        if io.isData {
            if !isAccepted { end.note(io, isAsked: unanswered.lastAt != 0, longSilence: longSilence) }
            unanswered.note(io, by: holder, farewellTime: farewellTime)
        }
        return firstLease
    }
}
