// SPDX-License-Identifier: Apache-2.0
import Testing
import TraceModel
import TraceScripts

/// What it says of a lease that its taker has ended.
@Suite(.timeLimit(.minutes(15))) struct LeakHolderTests {
    @Test func endedHolderOfASiteThatNeverGivesBackMayKeepIt() throws {
        // A lock, or a warm-up.
        var script = TraceScript()
        script.site(1, "main.lock", "lock.go", 7)
        script.usualLeases()
        script.leak(at: 3000)
        script.holder(at: 50_000, goroutine: 50, connection: 0xc0, .ended)
        let finding = try #require(script.decided("lease-leak").findings.first)
        #expect(finding.confidence.level == .medium && finding.severity == .warning)
        var young = TraceScript()
        young.site(1, "main.lock", "lock.go", 7)
        young.usualLeases()
        young.leak(at: 3000)
        young.holder(at: 6000, goroutine: 50, connection: 0xc0, .ended)
        #expect(young.decided("lease-leak", after: 7).isClean)
    }

    @Test func endedHolderOfASiteThatHandsOnIsNoProof() throws {
        var script = TraceScript()
        script.usualLeases()
        script.returned(by: 41)
        script.leak(at: 3000)
        script.holder(at: 50_000, goroutine: 50, connection: 0xc0, .ended)
        let finding = try #require(script.decided("lease-leak").findings.first)
        #expect(finding.confidence.level == .medium)
    }

    @Test func eachFindingCitesEvents() throws {
        var script = TraceScript()
        script.usualLeases()
        script.leak()
        script.holder(at: 50_000, goroutine: 50, connection: 0xc0, .exists)
        let finding = try #require(script.decided("lease-leak").findings.first)
        #expect(finding.evidence.first?.events.map(\.kind) == [.poolAcquireEnd, .socketIO, .holderState])
    }
}

extension TraceScript {
    /// A lease of the call site that leaks, which its taker gives back; or another does.
    mutating func returned(by goroutine: UInt64 = 40, site: Int32 = 1) {
        let frames = 0x500000 + UInt64(site) * 0x1000
        if !symbols.contains(where: { $0.address == frames }) { self.site(site, "main.find", "find.go", 7) }
        acquire(at: 100, goroutine: 40, connection: 0xce, inode: 940, descriptor: 40, site: site)
        query(at: 101, inode: 940, goroutine: 40)
        release(at: 110, goroutine: goroutine, connection: 0xce)
    }
}
