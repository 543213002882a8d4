// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import TraceModel

/// A census lists the sockets that there are.
extension Correlator {
    private static let tcp: UInt16 = 6
    private static let endsOfLeases: Set<RecordKind> = [.poolRelease, .poolConnectionClose]
    /// Leases whose ends are known to be lost are kept up to so many.
    static let lostLeaseLimit = 1024

    mutating func take(_ record: ps_census_socket, _ ordinal: UInt64) {
        guard let socket = core.noteCensus(record, ordinal) else { return }
        notePath(record, socket)
        detectors.censusSaw(record, ordinal, core.sockets.slot(socket), core)
        core.noteListener(record)
        if record.protocol == Self.tcp {
            setState(record.state, of: socket, at: EventMark(record.header, ordinal: ordinal))
        }
    }

    mutating func take(_ record: ps_census_end, _ ordinal: UInt64) {
        detectors.censusEnded(record, ordinal)
        endLostLeases(at: EventMark(record.header, ordinal: ordinal))
        closeUnreferred(before: record.header.timestamp_ns)
        for socket in core.missing(from: record) { close(socket, at: record.header.timestamp_ns) }
    }

    /// Where releases were lost, leases stay that ended long ago. Those that cannot be alive, as their holder has ended or
    /// their socket is closed, are taken for ended when they become many: the oldest first.
    private mutating func endLostLeases(at mark: EventMark) {
        guard core.leases.openCount > Self.lostLeaseLimit,
            core.losses.meets(Self.endsOfLeases, from: 0, to: mark.timestamp)
        else { return }
        let lost = core.leases.open.filter { slot in
            (core.leases[slot].isSocketClosed || core.leases[slot].sighting.state == .ended)
                && core.losses.meets(Self.endsOfLeases, from: core.leases[slot].acquired.timestamp, to: mark.timestamp)
        }
        guard lost.count > Self.lostLeaseLimit else { return }
        let oldest = lost.sorted { core.leases[$0].id.generation < core.leases[$1].id.generation }
        for slot in oldest.prefix(lost.count - Self.lostLeaseLimit) { endStale(slot, at: mark) }
    }
}
