// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import TraceModel

/// The leases that are given on sockets.
extension TrafficLedger {
    mutating func take(_ record: ps_pool_acquire_end) {
        if record.connection == 0 { return }
        let (key, now) = (key(record.connection, record.point_id), record.header.timestamp_ns)
        var lease = TrafficLease(acquiredAt: now, slot: -1, number: 0)
        if !join(&lease, to: record.socket_inode) { unjoinedLeases &+= 1 }
        // The end of one that is there already is not in the trace.
        if let earlier = leases.slot(key) { leases[earlier] = lease } else { leases.insert(key, lease) }
    }

    /// The probe did not find the socket; the recorder did, soon after.
    mutating func take(_ record: ps_lease_join) {
        for adapter in adapters {
            guard let slot = leases.slot(LeaseKey(adapterID: adapter, connection: record.connection)),
                leases[slot].acquiredAt == record.acquired_ns, leases[slot].slot < 0
            else { continue }
            var lease = leases[slot]
            guard join(&lease, to: record.socket_inode) else { return }
            leases[slot] = lease
            unjoinedLeases &-= 1
        }
    }

    /// `false`: the socket is not known.
    private mutating func join(_ lease: inout TrafficLease, to inode: UInt64) -> Bool {
        guard let slot = enter(inode, at: lease.acquiredAt) else { return false }
        lease.slot = slot
        lease.number = sockets[slot].number
        sockets[slot].leases &+= 1
        sockets[slot].openLeases &+= 1
        return true
    }

    /// It goes back, or its connection is closed; one that is not known began before the trace.
    mutating func endLease(_ connection: UInt64, _ point: UInt32, at now: UInt64) {
        guard let slot = leases.remove(key(connection, point)) else { return }
        let lease = leases[slot]
        guard lease.slot >= 0, sockets[lease.slot].number == lease.number else { return }
        sockets[lease.slot].endLease(heldFor: now &- min(now, lease.acquiredAt))
    }

    private func key(_ connection: UInt64, _ point: UInt32) -> LeaseKey {
        LeaseKey(adapterID: adapterOfPoint.slot(point).map { adapterOfPoint[$0] } ?? .max, connection: connection)
    }
}
