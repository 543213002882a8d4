// SPDX-License-Identifier: Apache-2.0
public import TraceModel

/// Whether the trace would show something if it had happened.
extension TraceAnalysis {
    /// Whether a probe that delivers records of `kind` was armed. Without a plan, whether such a record is there.
    public func isTraced(_ kind: RecordKind) -> Bool {
        guard let plan else { return recordCounts[kind, default: 0] > 0 }
        return plan.kernelProbes.contains { $0.delivers(kind) }
            || plan.runtimeCalls?.contains { $0.delivers(kind) } ?? false
    }

    /// Whether a census lists the sockets.
    public var hasCensus: Bool { recordCounts[.censusEnd, default: 0] > 0 }

    /// Whether a pool's library keeps connections for later leases. A client that has none by design is no pool that fails
    /// to.
    public func keepsConnections(_ pool: PoolSummary) -> Bool {
        plan?.pools.first { $0.adapterID == pool.id.adapterID }?.keepsConnections ?? true
    }

    /// What is true of a pool's library; none of it where the plan does not tell.
    func traits(of pool: PoolID) -> PoolTraits {
        plan?.pools.first { $0.adapterID == pool.adapterID }?.traits ?? PoolTraits()
    }

    /// Why a pool's leases cannot be followed, as a sentence; `nil`: they can.
    ///
    /// A lease needs a point for the acquire's end and one for the release; a wait needs the acquire's begin.
    public func gap(inPointsOf adapterID: UInt32, roles: [String]) -> String? {
        guard let plan else { return nil }
        let name = plan.pools.first { $0.adapterID == adapterID }?.adapter ?? "pool library \(adapterID)"
        for role in roles {
            let points = plan.points.filter { $0.adapterID == adapterID && $0.role == role }
            if points.isEmpty { return "\(name): the plan has no point for \(role)." }
            if let refused = points.first(where: { $0.mechanism == nil }) {
                let note = refused.note.map { ": \($0)" } ?? ""
                return "\(name): \(refused.function) (\(role)) is not traced\(note)."
            }
        }
        return nil
    }

    /// Records that are missing of one of `kinds`, or of an unknown kind, at or after `instant`: lost ones and, of receives
    /// and sends, those that are there as sums only.
    ///
    /// - Parameter withSums: `false`: it is enough to know when a socket was used last, which sums tell.
    public func lost(_ kinds: Set<RecordKind>, since instant: MonotonicInstant, withSums: Bool = true) -> UInt64 {
        var count: UInt64 = 0
        if withSums, kinds.contains(.socketIO), let summed, summed.last.timestamp >= instant { count = summed.calls }
        for window in losses where !window.isStackOnly && window.end >= instant {
            if window.kind.map(kinds.contains) ?? true { count = count.addingSaturated(window.count) }
        }
        if count > 0 { return count }
        // The end of the trace may know of losses that no window places: they may be anywhere.
        let placed = Set(losses.compactMap(\.kind))
        for kind in kinds where !placed.contains(kind) {
            count = count.addingSaturated(end?.lost[kind.name] ?? 0)
        }
        return count
    }
}

extension UInt64 {
    /// The sum, or the largest number when it does not fit.
    func addingSaturated(_ other: UInt64) -> UInt64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? .max : sum
    }
}
