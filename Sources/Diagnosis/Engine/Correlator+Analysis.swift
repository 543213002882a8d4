// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// The books, closed at the present moment, in the words that rules and reports read.
extension Correlator {
    /// What the trace shows so far; after `finish()`, of the whole trace.
    public func analysis() -> TraceAnalysis {
        var analysis = moments()
        analysis.process = core.process
        analysis.plan = core.plan
        analysis.end = core.end
        for (kind, count) in core.counts.enumerated() where count > 0 {
            RecordKind(rawValue: UInt16(truncatingIfNeeded: kind)).map { analysis.recordCounts[$0] = count }
        }
        analysis.pools = poolSummaries()
        analysis.openLeases = core.leases.open.map { summary(ofLease: $0) }
            .sorted { ($0.acquired.timestamp, $0.id.generation) < ($1.acquired.timestamp, $1.id.generation) }
        analysis.staleBorrows = detectors.staleBorrow.result(core)
        analysis.connectTimes = detectors.connectTimes.times
        analysis.roundTrips = detectors.requestTimeouts.result
        analysis.responses = detectors.latencyJitter.result(core)
        analysis.unlistedResponses = detectors.latencyJitter.unlisted
        analysis.results = detectors.results(core)
        addSockets(to: &analysis)
        analysis.origins = detectors.socketLeak.result(core, from: analysis.startedAt.nanoseconds)
        analysis.massClosures = detectors.massClose.result
        analysis.idleSurvivals = detectors.idleKilled.result(core)
        let late = detectors.prematureTimeout.result
        analysis.lateAnswers = late.items
        analysis.unlistedLateAnswers = late.unlisted
        analysis.descriptorPressure = detectors.descriptorExhaustion.pressure
        analysis.connects = detectors.connectFailures.result(core)
        analysis.unlistedConnectFailures = detectors.connectFailures.unlisted
        analysis.undecidedConnects = detectors.connectFailures.undecided
        analysis.descriptors = detectors.descriptorExhaustion.usage
        analysis.losses = core.losses.windows
        analysis.processExit = core.processExit?.reference
        analysis.startedProcesses = detectors.childProcesses.result
        analysis.newProgram = detectors.childProcesses.newProgram
        analysis.irregularities.contraryWitnesses &+= UInt64(analysis.openLeases.count { $0.isWitnessContrary })
        return analysis
    }

    /// Only when the trace starts, what its clocks are, and how far it has been read.
    public func moments() -> TraceAnalysis {
        var analysis = TraceAnalysis()
        let start = min(core.firstAt ?? core.now, core.plan?.armedAt?.nanoseconds ?? .max)
        analysis.startedAt = MonotonicInstant(nanoseconds: start)
        analysis.endedAt = MonotonicInstant(nanoseconds: max(core.now, start))
        analysis.wallClock = core.wallClock
        return analysis
    }

    private func addSockets(to analysis: inout TraceAnalysis) {
        var endpoints = core.endpoints
        let live = core.sockets.all
        for socket in live {
            endpoints.add(core.sockets[socket], isOpen: true, isAccepted: core.isAccepted(socket))
        }
        analysis.openSockets = UInt64(live.count)
        detectors.datagramPeers.addResult(to: &analysis, &endpoints, core)
        analysis.endpoints = endpoints.summaries
        detectors.retransmits.addResult(to: &analysis.endpoints, vanished: detectors.halfOpen.vanished(core), core)
        analysis.receiveBacklogs = detectors.receiveBacklog.result(endpoints, core)
        analysis.unlistedBacklogs = detectors.receiveBacklog.unlisted
        let closeWaits = detectors.closeWait.result(core)
        analysis.closeWaits = closeWaits.items
        analysis.unlistedCloseWaits = closeWaits.unlisted
        let halfOpens = detectors.halfOpen.result(core)
        analysis.halfOpens = halfOpens.items
        analysis.unlistedHalfOpens = halfOpens.unlisted
        analysis.unpairedDatagramSockets = detectors.udpTimeout.unpaired
        analysis.irregularities = core.irregularities
        analysis.irregularities.unlistedStacks = core.stacks.unlisted
        detectors.receiveJitter.addResult(to: &analysis, drops: detectors.udpDrop, core)
        analysis.handshakes = detectors.tlsHandshake.result(core)
        analysis.unlistedHandshakes = detectors.tlsHandshake.unlisted
        analysis.pileups = detectors.timeWait.result
        analysis.unlistedPileups = detectors.timeWait.unlisted
        detectors.setupTimes.addResult(to: &analysis, core)
        detectors.nameServers.addResult(to: &analysis, core)
        detectors.aggregatedCalls.addResult(to: &analysis)
        detectors.blockedReader.addResult(to: &analysis, core)
        analysis.irregularities.unlistedEndpoints = endpoints.unlisted
        addCutOffs(to: &analysis, endpoints: endpoints)
    }

    func summary(ofLease slot: Int32) -> LeaseSummary {
        let lease = core.leases[slot]
        let pool = core.pools[Int(lease.pool)]
        var summary = LeaseSummary(
            id: lease.id, pool: pool.id, holder: lease.holder, condition: core.condition(ofHolderOf: lease),
            acquired: lease.acquired.reference)
        summary.requested = lease.requested?.reference
        summary.connection = core.connectionUse(ofLease: slot)
        summary.wait = lease.wait.map { .nanoseconds(clamping: $0) }
        summary.stack = lease.site >= 0 ? core.stack(of: pool.sites[Int(lease.site)]) : nil
        summary.join = lease.join
        summary.walkedDescriptor = lease.walkedDescriptor >= 0 ? lease.walkedDescriptor : nil
        summary.isWitnessContrary = lease.isContrary
        if lease.socket >= 0 {
            summary.socket = core.summary(ofSocket: lease.socket)
        } else if let closed = core.leases.closedSocket(of: slot) {
            summary.socket = closed
        } else if lease.join == .none, lease.witnessInode != 0, !lease.isWitnessAmbiguous {
            summary.join = .witness
            summary.socket = core.sockets.slot(inode: lease.witnessInode).map { core.summary(ofSocket: $0) }
        }
        summary.lastActivity = lease.lastActivity?.reference
        summary.isHandedOver = lease.isHandedOver
        summary.awaitingAnswerSince = awaitingAnswer(lease).map { MonotonicInstant(nanoseconds: $0) }
        summary.receivedBytes = lease.receivedBytes
        summary.sentBytes = lease.sentBytes
        summary.socketTime = .nanoseconds(clamping: lease.socketTime)
        summary.time = detectors.leaseTime.time(of: core.leases.slot(slot), until: core.now, core)
        summary.othersWaited = .nanoseconds(
            clamping: detectors.poolWaiting.othersWaited(since: core.leases.slot(slot), core))
        return summary
    }

    /// From the traced I/O; without any, from the census, where the kernel's last send is later than its last receive.
    private func awaitingAnswer(_ lease: LeaseState) -> UInt64? {
        if lease.lastActivity != nil { return lease.waitingSince == 0 ? nil : lease.waitingSince }
        guard lease.socket >= 0 else { return nil }
        let socket = core.sockets[lease.socket]
        let isSent = socket.isSendLastByCensus && socket.lastActivityByCensus >= lease.acquired.timestamp
        return isSent ? socket.lastActivityByCensus : nil
    }
}
