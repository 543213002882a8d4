// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import KernelProbes
import TraceFile
import TraceModel

/// Sums for sockets that are too busy for a record of each call.
extension Recorder {
    /// Sums from the beginning, if asked for.
    func beginDetail(now: UInt64) throws(KernelProbeError) {
        if options.detail == .auto {
            let before = CallCost(ps_counters(), of: target.process.processID)
            governor = DetailGovernor(limits: options.detailLimits, now: now, cost: before)
        }
        guard options.detail == .aggregate else { return }
        try session.setDetail(.summary)
        writer.append(.detailChange(change()))
    }

    /// About once a second, when the losses have been sampled.
    func governDetail(now: UInt64) {
        let cost = CallCost(losses.counters(of: .socketIO), of: target.process.processID)
        guard let choice = governor?.tick(now: now, lost: losses.totalLost, cost: cost) else { return }
        do throws(KernelProbeError) {
            try session.setDetail(.chosen)
        } catch {
            note("The busiest sockets' receives and sends are still recorded one by one: \(error)")
            return
        }
        var change = change()
        change.calls_per_second = choice.callsPerSecond
        change.limit_per_second = options.detailLimits.callsPerSecond
        change.cost_ns = choice.cost.total
        change.target_cpu_ns = choice.cost.target
        change.cost_limit_permille = UInt32((options.detailLimits.costShare * 1000).rounded())
        change.causes =
            (choice.isForCalls ? UInt32(PS_DETAIL_FOR_CALLS) : 0) | (choice.isForCost ? UInt32(PS_DETAIL_FOR_COST) : 0)
        for inode in choice.inodes where session.sumUp(inode: inode, now: now) {
            summedInodes.insert(inode)
            change.socket_inode = inode
            writer.append(.detailChange(change))
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

    private func change() -> ps_detail_change {
        var change = ps_detail_change()
        change.header.timestamp_ns = MonotonicClock.now
        change.header.kind = RecordKind.detailChange.rawValue
        return change
    }
}
