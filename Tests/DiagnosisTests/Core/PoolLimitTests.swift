// SPDX-License-Identifier: Apache-2.0
@testable import Diagnosis
import Testing
import TraceModel
import TraceScripts

/// Pools beyond those that are told apart.
@Suite struct PoolLimitTests {
    /// One pool for each lease, of which the last ones are never returned.
    private func script(pools: UInt64, leaked: UInt64 = 0) -> TraceScript {
        var script = TraceScript()
        script.site(1, "main.handle", "handle.go", 9)
        script.connect(at: 0.5, inode: 900, descriptor: 7)
        for index in 0..<pools {
            let at = 1 + Double(index) * 0.5
            let connection = 0xc0_0000 + index * 16
            script.acquire(
                at: at, goroutine: 5, connection: connection, inode: 900, descriptor: 7, pool: 0xd_0000 + index * 64)
            if index < pools - leaked {
                script.release(at: at + 0.2, goroutine: 5, connection: connection, pool: 0xd_0000 + index * 64)
            }
        }
        return script
    }

    @Test func asManyAsFitAreAllJudged() throws {
        let analysis = script(pools: 300, leaked: 1).analysis()
        #expect(analysis.pools.count == 300)
        #expect(analysis.otherPools == nil)
        #expect(analysis.cutOffs.isEmpty)
        #expect(analysis.pools.allSatisfy { $0.acquires == 1 })
        #expect(analysis.pools.last?.name == "database/sql #300")
        let leak = try #require(
            RuleRegistry.report(on: analysis).decisions.first { $0.rule == "lease-leak" }?.findings.first)
        #expect(leak.subject.description == "database/sql #300", "not the last of 256")
    }

    @Test func furtherOnesAreNobodys() throws {
        let limit = UInt64(OtherPools.from)
        let analysis = script(pools: limit + 3, leaked: 3).analysis()
        #expect(analysis.pools.count == OtherPools.from)
        #expect(analysis.pools.allSatisfy { $0.acquires == 1 && $0.openLeases == 0 }, "none has the leases of others")
        #expect(analysis.openLeases.count == 3)
        #expect(analysis.openLeases.allSatisfy { analysis.pool($0.pool) == nil })
        let others = try #require(analysis.otherPools)
        #expect((others.count, others.acquires, others.isCountExact) == (3, 3, true))
        let sentence =
            "No rule judges 3 pools beyond the first 4096: poolscope does not tell their 3 acquires apart."
        #expect(analysis.cutOffs == [CutOff(.pools, count: 3, sentence: sentence)])
        let report = RuleRegistry.report(on: analysis)
        let leak = report.decisions.first { $0.rule == "lease-leak" }
        #expect(leak?.reason == .cutOff(sentence), "not clean, although no judged pool leaks")
        let split = try #require(report.decisions.first { $0.rule == "pool-split" })
        #expect(split.findings.first?.count == limit + 3)
        #expect(split.findings.first?.number("pools") == .count(limit + 3))
        #expect(split.caveats.contains(.cutOff(sentence)))
    }

    @Test func othersAreCountedUpToALimit() {
        var others = OtherPools()
        for address in 0..<UInt64(70_000) { others.note(PoolID(adapterID: 1, address: address)) }
        others.note(PoolID(adapterID: 1, address: 3))
        #expect((others.count, others.isCountExact) == (65_536, false))
        #expect(others.adapters == [1])
    }

    /// Together with what a pool of one lease allocates, far less than 64 MiB for all.
    @Test func poolIsSmallUntilItIsUsed() {
        let sizes = [
            MemoryLayout<PoolState>.stride, MemoryLayout<PoolWaitingState>.stride, MemoryLayout<PoolBooks>.stride,
            MemoryLayout<PoolLeaseTime>.stride, MemoryLayout<TurnoverState>.stride,
            MemoryLayout<AcquireLookupTally>.stride, MemoryLayout<FailureLedger>.stride,
        ]
        #expect(sizes.reduce(0, +) * OtherPools.from < 16 << 20)
    }
}
