// SPDX-License-Identifier: Apache-2.0
@testable import Diagnosis
import Testing
import TraceModel
import TraceScripts

/// What is too much to be kept is counted, and no rule that reads it is clean.
@Suite struct CutOffTests {
    private func mark(_ ordinal: UInt64) -> EventMark {
        EventMark(TraceScript.header(.socketClose, at: Double(ordinal)), ordinal: ordinal)
    }

    private func endpoint(_ index: Int) -> Endpoint { .ipv4(address: UInt32(index), port: 1) }

    @Test(arguments: CutOff.Kind.allCases) func sentenceNamesTheLimit(_ kind: CutOff.Kind) {
        for count in [1, 2] as [UInt64] {
            #expect(kind.sentence(count).hasSuffix("."))
            #expect(kind.sentence(count).contains("\(kind.limit)"))
        }
    }

    @Test func connectTimesAreCounted() {
        var ledger = ConnectTimeLedger()
        for index in 0..<ConnectTimeLedger.limit + 2 { ledger.add(endpoint(index), took: 1, floor: 2, at: mark(1)) }
        ledger.add(endpoint(0), took: 1, floor: 2, at: mark(2))
        #expect(ledger.unlisted == 2)
        #expect(ledger.times.count == ConnectTimeLedger.limit)
    }

    @Test func staleBorrowsAreCounted() {
        var ledger = StaleLedger()
        for index in 0..<StaleLedger.limit + 3 {
            let key = StaleLedger.Key(pool: 0, site: Int32(index), state: 8)
            #expect((ledger.add(key, endpoint: nil, afterClose: nil, at: mark(1)) < 0) == (index >= StaleLedger.limit))
        }
        #expect(ledger.unlisted == 3)
    }

    @Test func roundTripsAndConnectionsAreCounted() {
        var trips = RoundTripLedger()
        for index in 0..<RoundTripLedger.limit + 1 { _ = trips.add(1, to: endpoint(index), hint: -1, at: mark(1)) }
        #expect(trips.unlisted == 1)
        var connections = EndpointConnections()
        for index in 0..<EndpointConnections.limit + 4 { connections.opened(endpoint(index)) }
        #expect(connections.unlisted == 4)
    }

    @Test func slowConnectIsNotCleanWhereConnectTimesAreMissing() {
        var ledger = ConnectTimeLedger()
        for index in 0..<ConnectTimeLedger.limit + 5 { ledger.add(endpoint(index), took: 1, floor: 2, at: mark(1)) }
        #expect(ledger.unlisted == 5)
        let cutOff = CutOff(.connectTimes, count: ledger.unlisted)
        #expect(cutOff.sentence == "poolscope times connects to 1024 endpoints: 5 connects went to others.")
        var decision = RuleDecision(rule: "slow-connect", verdict: .clean)
        decision.limit(SlowConnectRule(), by: [cutOff])
        #expect(decision.reason == cutOff.reason)
    }

    @Test func closeWaitsBeyondTheLimitAreInTheReport() throws {
        var script = TraceScript()
        for index in 0..<UInt64(CloseWait.limit + 4) {
            let at = 10 + Double(index) * 0.01
            script.connect(at: at, inode: 1000 + index, descriptor: 7)
            script.state(at: at + 1, inode: 1000 + index, from: 1, to: 8)
            script.socketClose(at: at + 40_000, inode: 1000 + index)
        }
        let decision = script.decided("close-wait")
        #expect(decision.findings.first?.count == UInt64(CloseWait.limit))
        #expect(
            decision.caveats == [CutOff(.closeWaits, count: 4).reason])
    }

    @Test func verdictFollowsWhatIsCutOff() {
        let cutOff = CutOff(.staleBorrows, count: 3)
        var decision = RuleDecision(rule: "stale-borrow", verdict: .clean)
        decision.limit(StaleBorrowRule(), by: [cutOff])
        #expect(decision.reason == cutOff.reason)
        var other = RuleDecision(rule: "pool-wait", verdict: .clean)
        other.limit(PoolWaitRule(), by: [cutOff, CutOff(.listedWaits, count: 3)])
        #expect(other.isClean, "only what it shows is less")
        var found = RuleDecision(rule: "pool-wait", verdict: .findings([]))
        found.limit(PoolWaitRule(), by: [CutOff(.listedWaits, count: 3)])
        #expect(found.caveats == [CutOff(.listedWaits, count: 3).reason])
    }

    @Test func leasesBeyondTheSampleAreCounted() {
        var sample = LeaseSample()
        for index in 0..<UInt64(LeaseSample.limit + 6) {
            sample.add(acquired: 1_000_000 * index, wait: 0, hold: 10, share: 1)
        }
        #expect(sample.leases.count == LeaseSample.limit)
        #expect(sample.unlisted == 6)
    }
}
