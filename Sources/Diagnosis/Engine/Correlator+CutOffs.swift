// SPDX-License-Identifier: Apache-2.0
import TraceModel

extension Correlator {
    /// All that had no room, whoever counted it, in the order of `CutOff.Kind`.
    func addCutOffs(to analysis: inout TraceAnalysis, endpoints: EndpointLedger) {
        var counts = CutOffCounts()
        for pool in core.pools { counts.note(.poolEndpoints, pool.unlistedEndpoints) }
        detectors.poolWaiting.addCutOffs(to: &counts)
        let walks = detectors.sequentialRoundTrips.ended
        counts.note(.staleBorrows, detectors.staleBorrow.unlisted)
        counts.note(.closeWaits, analysis.unlistedCloseWaits)
        counts.note(.connectTimes, detectors.connectTimes.unlisted)
        counts.note(.startUps, detectors.rejectedConnections.unlisted)
        counts.note(.roundTrips, detectors.requestTimeouts.unlisted)
        counts.note(.serialWalks, walks.unlisted)
        counts.note(.brokenWalks, walks.broken)
        counts.note(.sendBlocks, detectors.receiveBacklog.unlistedSendBlocks)
        counts.note(.receivesWithoutPeer, endpoints.unlistedWithoutPeer)
        counts.note(.closures, core.endpointConnections.unlisted)
        counts.note(.idleSurvivals, detectors.idleKilled.unlisted)
        counts.note(.farewells, detectors.massClose.unlistedFarewells)
        counts.note(.queriedNames, detectors.nameServers.unlisted.names)
        counts.note(.namedAddresses, detectors.nameServers.unlisted.addresses)
        counts.note(.strayDatagrams, analysis.unlistedStrays)
        counts.note(.lateAnswers, analysis.unlistedLateAnswers)
        analysis.otherPools = otherPools()
        analysis.cutOffs = CutOff.Kind.allCases.compactMap { kind -> CutOff? in
            if kind == .pools { return analysis.otherPools?.cutOff }
            return counts[kind] > 0 ? CutOff(kind, count: counts[kind]) : nil
        }
    }
}

extension OtherPoolsSummary {
    fileprivate var cutOff: CutOff {
        let pools = ReadableText.count(count, "pool")
        let acquires = ReadableText.count(self.acquires, "acquire")
        return CutOff(
            .pools, count: count,
            sentence: "No rule judges \(isCountExact ? "" : "more than ")\(pools) beyond the first \(OtherPools.from): "
                + "poolscope does not tell their \(acquires) apart.")
    }
}
