// SPDX-License-Identifier: Apache-2.0
import Testing
import TraceModel
import TraceScripts

@Suite(.timeLimit(.minutes(15))) struct WaitTests {
    @Test func dialIsNotAWait() throws {
        var script = TraceScript()
        script.begin(at: 10, goroutine: 5)
        script.connect(at: 20, inode: 900, descriptor: 7, goroutine: 5)
        script.end(at: 40, goroutine: 5, connection: 0xc0, inode: 900)
        let pool = try #require(script.analyzed().pools.first)
        #expect((pool.waits.count, pool.dials.count, pool.countedWaits) == (0, 1, 0))
        #expect(pool.dials.longest == .milliseconds(30))
    }

    @Test func acquireOfASharedConnectionIsNeitherLeaseNorFailure() throws {
        var script = TraceScript()
        script.begin(at: 10, goroutine: 5)
        script.end(at: 12, goroutine: 5, connection: 0, error: 0)
        let pool = try #require(script.analyzed().pools.first)
        #expect((pool.acquires, pool.failures, pool.openLeases) == (1, 0, 0))
        #expect((pool.waits.count, pool.stillWaiting) == (1, 0))
    }

    @Test func queueIsThoseWhoWaitAtOneTime() throws {
        var script = TraceScript()
        for goroutine in 1...UInt64(6) {
            script.begin(at: Double(goroutine) * 10, goroutine: goroutine)
            script.end(at: 100 + Double(goroutine), goroutine: goroutine, connection: goroutine)
        }
        // Comes after all of them.
        script.acquire(at: 300, goroutine: 9, connection: 0x99, waited: 5)
        let pool = try #require(script.analyzed().pools.first)
        #expect(pool.peakQueue == 6)
        #expect(pool.countedWaits == 7)
        #expect(pool.longestWait?.timestamp == TraceScript.instant(10))
    }

    @Test func waitThatDoesNotEndIsCountedToTheEnd() throws {
        var script = TraceScript()
        script.begin(at: 10, goroutine: 5)
        script.clockPair(at: 1000)
        let pool = try #require(script.analyzed().pools.first)
        #expect((pool.stillWaiting, pool.countedWaits) == (1, 1))
        #expect(pool.waits.longest == .milliseconds(990))
        #expect(pool.listedWaits.first?.end == nil)
    }

    @Test func secondRequestOfAHolderShowsALostEnd() throws {
        var script = TraceScript()
        script.begin(at: 10, goroutine: 5)
        script.begin(at: 500, goroutine: 5)
        script.end(at: 501, goroutine: 5, connection: 0xc0)
        let pool = try #require(script.analyzed().pools.first)
        #expect((pool.missedAcquireEnds, pool.stillWaiting) == (1, 0))
    }

    @Test func contentionIsBookedToTheLeasesThatWereOpen() throws {
        var script = TraceScript()
        script.acquire(at: 10, goroutine: 5, connection: 0xc0, site: 1, waited: 0)
        script.begin(at: 100, goroutine: 6, site: 2)
        script.release(at: 400, goroutine: 5, connection: 0xc0)
        script.end(at: 400, goroutine: 6, connection: 0xc0)
        script.release(at: 450, goroutine: 6, connection: 0xc0)
        let pool = try #require(script.analyzed().pools.first)
        #expect(pool.sites.map(\.othersWaited) == [.milliseconds(300), .zero])
        let level = try #require(pool.contention.first { $0.inUse == 1 })
        #expect(level.time == .milliseconds(300))
        #expect(level.peakQueue == 1)
    }

    @Test func leasesFromBeforeTheTraceShowInThePoolsOwnCount() throws {
        var script = TraceScript()
        script.acquire(at: 10, goroutine: 5, connection: 0xc0)
        script.poolState(at: 20, open: 5, idle: 0, maximum: 5)
        script.poolState(at: 40, open: 5, idle: 2, maximum: 5)
        let pool = try #require(script.analyzed().pools.first)
        #expect(pool.leasedBeforeTrace == 2, "three in use by its own count, one of them in the trace")
        #expect(pool.audit?.maximumOpen == 5)
    }
}
