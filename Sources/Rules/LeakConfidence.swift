// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// How sure it is that a lease leaked.
enum LeakConfidence {
    /// - Parameters:
    ///   - excess: How many of the pool's open leases went back by its own count, although no record was lost.
    ///   - leaked: Leases of the pool that are held to be leaked, without those whose release may be lost.
    static func of(
        _ judgement: LeaseJudgement, repeats: Int, hasWaiters: Bool, excess: UInt64 = 0, leaked: Int = 1
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
            return Confidence(.certain, because: "who took the connection has ended and did not release it")
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
}
