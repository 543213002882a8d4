// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// Ends of one endpoint's connections that a single moment may explain, such as a restart: of each, the peer was heard
/// before it, and the end was met after it.
struct EndGroup {
    /// The moment is not before this: when the peer was heard last on any of them.
    var heardAt: UInt64
    /// And not after this: the first of the ends.
    let endedAt: UInt64
    /// A connection that was in use ended, too, or most connections at once: silence is not the cause.
    var hasOthers = false
    /// A connection that is older than the moment was heard after it: the peer lived on.
    var isOutlived = false
    var failures: IdleSurvival

    init(heardAt: UInt64, endedAt: UInt64, endpoint: Endpoint) {
        self.heardAt = heardAt
        self.endedAt = endedAt
        failures = IdleSurvival(endpoint: endpoint)
    }

    /// Not known yet, and worth a look at the connections that live.
    var isOpen: Bool { failures.failed > 0 && !isOutlived }
}
