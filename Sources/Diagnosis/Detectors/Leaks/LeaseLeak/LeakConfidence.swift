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
                    "\(ReadableText.count(judgement.lostReleases, "record")) lost since the acquire may hold the release"
            )
        }
        if excess > 0 {
            return Confidence(
                excess >= leaked ? .unproven : .medium,
                because: "by the pool's own count, \(excess) of its leases that are open in the trace went back")
        }
        if judgement.hasEndedHolder {
            return ofEndedHolder(returns, isHabit: repeats > 1 && isSpread, hasWaiters: hasWaiters)
        }
        if judgement.lostActivity > 0 {
            return Confidence(
                .unproven,
                because: "\(ReadableText.count(judgement.lostActivity, "record")) lost may hold I/O on the socket")
        }
        if judgement.lease.isWitnessContrary {
            return Confidence(.medium, because: "its socket is not sure: the holder used another one")
        }
        if judgement.lease.isHandedOver {
            return Confidence(.medium, because: "another goroutine used the connection last and may still hold it")
        }
        switch (repeats > 1, hasWaiters) {
        case (true, true):
            return Confidence(.high, because: "the same call site leaks repeatedly, while others wait for the pool")
        case (true, false): return Confidence(.high, because: "the same call site leaks repeatedly")
        case (false, true): return Confidence(.high, because: "others wait for the pool, and its socket stays silent")
        case (false, false):
            return Confidence(.medium, because: "it is old and its socket is silent, but its holder has not ended")
        }
    }

    /// That who took a connection has ended does not say that nobody has it: it may have been handed on, or kept on purpose.
    private static func ofEndedHolder(_ returns: SiteReturns, isHabit: Bool, hasWaiters: Bool) -> Confidence {
        if returns.byOther > 0 {
            return Confidence(
                hasWaiters ? .high : .medium,
                because:
                    "who took the connection has ended, but \(ReadableText.count(returns.byOther, "lease")) of this call "
                    + "site came back from another than the taker: it may have been handed on")
        }
        if returns.byTaker > 0 {
            return Confidence(
                .certain,
                because: "who took the connection has ended and did not release it; "
                    + "\(ReadableText.count(returns.byTaker, "other lease")) of this call site came back, always from the taker"
            )
        }
        let seen =
            "who took the connection has ended and did not release it; no lease of this call site came back in the trace"
        if hasWaiters { return Confidence(.high, because: seen + ", while others wait for the pool") }
        if isHabit { return Confidence(.high, because: seen + ", and more are taken") }
        return Confidence(.medium, because: seen + ", so it may be kept on purpose or held elsewhere")
    }
}
