// SPDX-License-Identifier: Apache-2.0
import Diagnosis
import Testing
import TraceModel
import TraceScripts

/// The rules on how pools and connections are spread over servers, and how connections are made.
@Suite(.timeLimit(.minutes(15))) struct ServerRuleTests {
    // MARK: - pool-split

    /// Pools of one connection each at most `maximum`; the first has a queue of `waited` ms.
    private func pools(_ count: UInt64, waited: Double, secondPeak: UInt64 = 1) -> TraceScript {
        var script = TraceScript()
        for index in 0..<count {
            script.connect(at: 1 + Double(index), inode: 900 + index, descriptor: Int32(7 + index))
            script.poolState(at: 50, open: 1, idle: 1, maximum: index == 0 ? 1 : 3, pool: 0xd0 + index)
        }
        for round in 0..<UInt64(30) {
            let at = 100 + Double(round) * 300
            for index in 0..<count {
                script.acquire(
                    at: at, goroutine: 10 + index, connection: 0xc0 + index, inode: 900 + index,
                    descriptor: Int32(7 + index), pool: 0xd0 + index, waited: index == 0 ? waited : 0.01)
                // Who waits does so while the lease before is open.
                let hold = index == 0 && waited > 1 ? 299.9 : 20
                script.release(at: at + hold, goroutine: 10 + index, connection: 0xc0 + index, pool: 0xd0 + index)
            }
        }
        return script
    }

    @Test func poolThatWaitsBesideOneWithRoomIsFound() throws {
        let finding = try #require(pools(2, waited: 90).decided("pool-split").findings.first)
        #expect(finding.severity == .note)
        #expect(finding.number("pools") == .count(2))
        #expect(finding.number("peak_leases_sum") == .count(2))
    }

    @Test func twoPoolsWithRoomAreHealthy() {
        #expect(pools(2, waited: 0.01).decided("pool-split").isClean)
        #expect(pools(7, waited: 0.01).decided("pool-split").isClean)
        #expect(pools(1, waited: 90).decided("pool-split").isClean)
    }

    @Test func veryManyPoolsAreFound() {
        #expect(pools(8, waited: 0.01).decided("pool-split").findings.first?.count == 8)
    }

    @Test func poolSplitSaysLossesAndGaps() {
        var lossy = pools(2, waited: 90)
        lossy.loss(from: 0, to: 50, kind: .poolAcquireEnd, count: 1)
        #expect(lossy.decided("pool-split").findings.first?.confidence.level == .unproven)
        var quiet = pools(2, waited: 0.01)
        quiet.loss(from: 0, to: 50, kind: .poolAcquireEnd, count: 1)
        #expect(quiet.decided("pool-split").reason != nil)
        #expect(TraceScript().decided("pool-split", after: 1).reason != nil)
    }

    // MARK: - endpoint-skew

    /// Leases by host, in turns over the whole time, or one host after the other.
    private func servers(_ leases: [UInt64], oneAfterTheOther: Bool = false, traits: PoolTraits = PoolTraits())
        -> TraceScript
    {
        var script = TraceScript()
        script.plan.pools[0].traits = traits
        var start = 100.0
        for (host, count) in leases.enumerated() {
            script.connect(at: 1, inode: 900 + UInt64(host), descriptor: Int32(7 + host), host: UInt8(10 + host))
            let step = (oneAfterTheOther ? 5000.0 : 40_000.0) / Double(max(1, count))
            for index in 0..<count {
                let at = start + Double(index) * step
                script.acquire(
                    at: at, goroutine: 10 + UInt64(host), connection: 0xc0 + UInt64(host), inode: 900 + UInt64(host),
                    descriptor: Int32(7 + host), state: 1)
                script.release(at: at + 1, goroutine: 10 + UInt64(host), connection: 0xc0 + UInt64(host))
            }
            if oneAfterTheOther { start += 6000 }
        }
        return script
    }

    @Test func oneBusyServerIsFound() throws {
        let finding = try #require(servers([101, 11, 7]).decided("endpoint-skew").findings.first)
        #expect(finding.number("servers") == .count(3))
        #expect(finding.count == 101)
        #expect(finding.evidence.first?.events.map(\.kind) == [.poolRelease, .poolRelease])
    }

    @Test func evenLoadFewServersOrFewLeasesAreNot() {
        #expect(servers([53, 41, 47]).decided("endpoint-skew").isClean)
        #expect(servers([101, 3]).decided("endpoint-skew").isClean)
        #expect(servers([71, 7, 5]).decided("endpoint-skew").isClean)
    }

    @Test func failoverOrAClientOfManyIsNot() {
        #expect(servers([101, 11, 7], oneAfterTheOther: true).decided("endpoint-skew").isClean)
        #expect(
            servers([101, 11, 7], traits: PoolTraits(spreadsOverHosts: true)).decided("endpoint-skew").reason != nil)
    }

    @Test func endpointSkewSaysLossesAndGaps() {
        var lossy = servers([101, 11, 7])
        lossy.loss(from: 0, to: 50, kind: .poolRelease, count: 1)
        #expect(lossy.decided("endpoint-skew").findings.first?.confidence.level == .unproven)
        var quiet = servers([53, 41, 47])
        quiet.loss(from: 0, to: 50, kind: .poolRelease, count: 1)
        #expect(quiet.decided("endpoint-skew").reason != nil)
        #expect(TraceScript().decided("endpoint-skew", after: 1).reason != nil)
    }

    // MARK: - slow-connect

    private func connects(_ times: [Double]) -> TraceScript {
        var script = TraceScript()
        for (index, time) in times.enumerated() {
            let inode = 900 + UInt64(index)
            let at = 100 + Double(index) * 3000
            script.connect(at: at, inode: inode, descriptor: 7, result: -115)
            script.state(at: at - 0.0005, inode: inode, from: 7, to: 2)
            script.state(at: at + time, inode: inode, from: 2, to: 1)
        }
        return script
    }

    @Test func slowConnectsAreFound() throws {
        let finding = try #require(connects([1, 1003, 1007, 2, 3011]).decided("slow-connect").findings.first)
        #expect(finding.number("slow") == .count(3) && finding.number("connects") == .count(5))
        #expect(finding.subject.description == "10.0.0.5:5432")
        #expect(finding.evidence.first?.events.map(\.kind) == [.socketState, .socketState])
    }

    @Test func fewOrFastConnectsAreNot() {
        #expect(connects([1, 1003, 1007, 2]).decided("slow-connect").isClean)
        #expect(connects([1, 499, 480, 470, 300]).decided("slow-connect").isClean)
    }

    @Test func connectThatFailsIsNotSlow() {
        var script = connects([1])
        for index in 0..<UInt64(4) {
            script.connect(at: 20_000 + Double(index), inode: 950 + index, descriptor: 9, result: -115)
            script.state(at: 20_001 + Double(index), inode: 950 + index, from: 7, to: 2)
            script.state(at: 25_000 + Double(index), inode: 950 + index, from: 2, to: 7)
        }
        #expect(script.decided("slow-connect").isClean)
    }

    @Test func slowConnectSaysLossesAndGaps() {
        var quiet = connects([1, 2, 3])
        quiet.loss(from: 0, to: 50, kind: .socketState, count: 1)
        #expect(quiet.decided("slow-connect").reason != nil)
        var blind = connects([1003, 1003, 1003])
        blind.plan.kernelProbes[0].records.removeAll { $0 == "socket_state" }
        #expect(blind.decided("slow-connect").reason?.kind == .notTraced)
        #expect(TraceScript().decided("slow-connect", after: 1).reason != nil)
    }
}
