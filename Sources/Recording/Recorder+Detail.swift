// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import KernelProbes
import TraceFile
import TraceModel

/// Sums for sockets that are too busy for a record of each call.
extension Recorder {
    /// From the beginning, if asked for.
    func beginDetail() throws(KernelProbeError) {
        guard options.detail == .summary else { return }
        try session.setDetail(.summary)
        writer.append(.detailChange(Self.change(inode: 0, rate: 0, limit: 0)))
    }

    /// About once a second.
    func governDetail(now: UInt64) {
        guard let choice = governor?.tick(now: now, lost: losses.totalLost) else { return }
        guard (try? session.setDetail(.chosen)) != nil else { return }
        for inode in choice.inodes where session.sumUp(inode: inode, now: now) {
            summedInodes.insert(inode)
            writer.append(
                .detailChange(Self.change(inode: inode, rate: choice.callsPerSecond, limit: governor?.limit ?? 0)))
        }
    }

    /// The sums as they are now, and an end to those of sockets that two censuses have not found.
    ///
    /// - Parameter listed: The inodes of a census that is complete.
    func writeSums(listed: Set<UInt64>) {
        var unlisted: Set<UInt64> = []
        writeSums(at: MonotonicClock.now) { inode in
            if !listed.contains(inode) { unlisted.insert(inode) }
        }
        for inode in unlisted.intersection(unlistedInodes) { session.dropSum(inode: inode) }
        unlistedInodes = unlisted
    }

    /// The sums as they are now.
    ///
    /// - Parameters:
    ///   - now: The time of their records. What comes after the end of a trace is not judged.
    ///   - sink: Takes the inode of each socket that has sums.
    func writeSums(at now: UInt64, into sink: (UInt64) -> Void = { _ in }) {
        if options.detail == .full || (options.detail == .auto && summedInodes.isEmpty) { return }
        session.readSums(now: now) { sum in
            writer.append(.socketSum(sum))
            sink(sum.socket_inode)
        }
    }

    private static func change(inode: UInt64, rate: UInt64, limit: UInt64) -> ps_detail_change {
        var change = ps_detail_change()
        change.header.timestamp_ns = MonotonicClock.now
        change.header.kind = ps_record_kind.detail_change.rawValue
        change.socket_inode = inode
        change.calls_per_second = rate
        change.limit_per_second = limit
        return change
    }
}
