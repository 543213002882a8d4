// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import TraceModel

/// A socket in `TrafficLedger` that is open, or has closed a moment ago.
struct TrafficState {
    /// Tells it from others that have the same slot, one after the other.
    let number: UInt64
    var lastSeen: UInt64
    /// `nil`: its end has not come.
    var closedAt: UInt64?
    /// Durations are counted: not of sockets beyond those that there is memory for.
    let isTimed: Bool
    private var isKindKnown = false
    var receives = CallTrafficState()
    var sends = CallTrafficState()
    var leases: UInt64 = 0
    var openLeases: UInt64 = 0
    var holds = LogHistogram()
    /// What does not change with each call.
    var socket: SocketTraffic

    init(inode: UInt64, number: UInt64, at now: UInt64, isBorn: Bool, isTimed: Bool) {
        self.number = number
        let moment = MonotonicInstant(nanoseconds: now)
        socket = SocketTraffic(id: SocketID(inode: inode, bornAt: isBorn ? moment : nil), firstSeen: moment)
        lastSeen = now
        self.isTimed = isTimed
    }

    mutating func setKind(family: UInt16, _ protocolNumber: UInt16) {
        socket.family = family
        socket.protocolNumber = protocolNumber
        isKindKnown = true
    }

    mutating func note(_ record: ps_socket_io) {
        if !isKindKnown { setKind(family: record.family, record.protocol) }
        lastSeen = max(lastSeen, record.header.timestamp_ns)
        if record.operation == ps_io_operation.receive.rawValue {
            receives.note(record, isTimed: isTimed)
        } else {
            sends.note(record, isTimed: isTimed)
        }
    }

    mutating func endLease(heldFor hold: UInt64) {
        openLeases &-= 1
        if isTimed { holds.add(hold) }
    }

    var summary: SocketTraffic {
        var summary = socket
        summary.lastSeen = MonotonicInstant(nanoseconds: lastSeen)
        summary.closedAt = closedAt.map(MonotonicInstant.init(nanoseconds:))
        summary.receives = receives.summary
        summary.sends = sends.summary
        summary.leases = leases
        summary.openLeases = openLeases
        summary.holds = holds.statistics
        return summary
    }
}
