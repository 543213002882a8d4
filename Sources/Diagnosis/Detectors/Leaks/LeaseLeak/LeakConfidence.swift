// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// How sure it is that a lease leaked.
enum LeakConfidence {
    /// - Parameters:
    ///   - excess: How many of the pool's open leases went back by its own count, although no record was lost.
    ///   - returns: Of the completed leases of the same call site.
    ///   - isSpread: The leases of the call site were taken at different times, not all in one go.
    ///   - leaked: Leases of the pool that are held to be leaked, without those whose release may be lost.
    static func of(
        _ judgement: LeaseJudgement, repeats: Int, hasWaiters: Bool, returns: SiteReturns, isSpread: Bool,
        excess: UInt64 = 0, leaked: Int = 1
    ) -> Confidence {
        if judgement.lostReleases > 0 {
            return Confidence(
                .unproven,
                because:
                    "the release may be among \(ReadableText.count(judgement.lostReleases, "lost record"))"
            )
        }
        if excess > 0 {
            return Confidence(
                excess >= leaked ? .unproven : .medium,
                because:
                    "the pool's own counters show that the program returned \(excess) of the leases that are open in the trace"
            )
        }
        if judgement.hasEndedHolder {
            return ofEndedHolder(returns, isHabit: repeats > 1 && isSpread, hasWaiters: hasWaiters)
        }
        if judgement.lostActivity > 0 {
            return Confidence(
                .unproven,
                because: "I/O on the socket may be among \(ReadableText.count(judgement.lostActivity, "lost record"))")
        }
        if judgement.lease.isWitnessContrary {
            return Confidence(.medium, because: "its socket is not certain: the holder used another one")
        }
        if judgement.lease.isHandedOver {
            return Confidence(.medium, because: "another goroutine used the connection last and may still hold it")
        }
        switch (repeats > 1, hasWaiters) {
        case (true, true):
            return Confidence(
                .high, because: "the same call site leaks repeatedly while other callers wait for the pool")
        case (true, false): return Confidence(.high, because: "the same call site leaks repeatedly")
        case (false, true):
            return Confidence(.high, because: "other callers wait for the pool, and the socket stays silent")
        case (false, false):
            return Confidence(
                .medium, because: "the lease is old and its socket is silent, but its holder still exists")
        }
    }

    /// That who took a connection has ended does not say that nobody has it: it may have been handed on, or kept on purpose.
    private static func ofEndedHolder(_ returns: SiteReturns, isHabit: Bool, hasWaiters: Bool) -> Confidence {
        if returns.byOther > 0 {
            return Confidence(
                hasWaiters ? .high : .medium,
                because:
                    "the goroutine that took the connection has ended, but others returned \(ReadableText.count(returns.byOther, "lease")) of "
                    + "this call site: the connection may have been handed on")
        }
        if returns.byTaker > 0 {
            return Confidence(
                .certain,
                because: "the holder has ended and did not return the connection; "
                    + "\(ReadableText.count(returns.byTaker, "other lease")) of this call site came back, always from the goroutine that took it"
            )
        }
        let seen =
            "the holder has ended and did not return the connection; no lease of this call site came back in the trace"
        if hasWaiters { return Confidence(.high, because: seen + ", while other callers wait for the pool") }
        if isHabit { return Confidence(.high, because: seen + ", and the call site takes more") }
        return Confidence(.medium, because: seen + ", so the program may keep it on purpose")
    }
}
