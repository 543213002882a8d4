// SPDX-License-Identifier: Apache-2.0
import Testing
import TraceModel
import TraceScripts

@Suite(.timeLimit(.minutes(15))) struct LeaseTests {
    @Test func leaseRunsFromAcquireToRelease() throws {
        var script = TraceScript()
        script.acquire(at: 10, goroutine: 5, connection: 0xc0, waited: 2)
        script.release(at: 50, goroutine: 5, connection: 0xc0)
        let pool = try #require(script.analyzed().pools.first)
        #expect(pool.name == "database/sql #1")
        #expect(pool.holds.count == 1)
        #expect(pool.holds.longest == .milliseconds(40))
        #expect(pool.waits.longest == .milliseconds(2))
        #expect(pool.countedWaits == 1)
        #expect((pool.acquires, pool.openLeases, pool.peakInUse) == (1, 0, 1))
    }

    @Test func releaseByAnotherGoroutineEndsTheLease() throws {
        var script = TraceScript()
        script.acquire(at: 10, goroutine: 5, connection: 0xc0)
        script.release(at: 50, goroutine: 6, connection: 0xc0)
        #expect(script.analyzed().openLeases.isEmpty)
    }

    @Test func failedAcquireMakesNoLease() throws {
        var script = TraceScript()
        script.acquire(at: 10, goroutine: 5, connection: 0)
        let analysis = script.analyzed()
        #expect(analysis.openLeases.isEmpty)
        #expect(analysis.pools.first?.failures == 1)
    }

    @Test func releaseOfALeaseFromBeforeTheTraceIsCounted() throws {
        var script = TraceScript()
        script.release(at: 10, goroutine: 5, connection: 0xc0)
        let pool = try #require(script.analyzed().pools.first)
        #expect(pool.releasesWithoutLease == 1)
        #expect(pool.holds.count == 0)
    }

    @Test func whatIsSeenWhileTheProbesGoIsNotJudged() throws {
        var script = TraceScript()
        script.acquire(at: 10, goroutine: 5, connection: 0xc0)
        script.release(at: 50, goroutine: 5, connection: 0xc0)
        script.end = TraceEnd(reason: "interrupted", endedAt: TraceScript.instant(60))
        // The release of this one is no longer seen.
        script.acquire(at: 61, goroutine: 5, connection: 0xc0)
        script.acquire(at: 63, goroutine: 6, connection: 0xc0)
        let analysis = script.analyzed()
        #expect(analysis.openLeases.isEmpty)
        #expect(analysis.pools.first?.acquires == 1)
        #expect(analysis.endedAt == TraceScript.instant(60))
    }

    @Test func releaseInsideAnAcquireIsNobodysLease() throws {
        var script = TraceScript()
        script.begin(at: 10, goroutine: 5)
        script.release(at: 12, goroutine: 5, connection: 0xc0)
        script.end(at: 13, goroutine: 5, connection: 0)
        #expect(script.analyzed().pools.first?.releasesWithoutLease == 0)
    }

    @Test func secondAcquireOfALeasedConnectionShowsALostRelease() throws {
        var script = TraceScript()
        script.acquire(at: 10, goroutine: 5, connection: 0xc0)
        script.acquire(at: 90, goroutine: 6, connection: 0xc0)
        let analysis = script.analyzed()
        #expect(analysis.pools.first?.missedReleases == 1)
        // Its end is not known, so its length is not counted.
        #expect(analysis.pools.first?.holds.count == 0)
        #expect(analysis.openLeases.map(\.holder.goroutineID) == [6])
    }

    @Test func connectionAddressIsUsedAgainAfterClose() throws {
        var script = TraceScript()
        script.acquire(at: 10, goroutine: 5, connection: 0xc0, inode: 900, descriptor: 7)
        script.connectionClose(at: 20, connection: 0xc0)
        script.socketClose(at: 21, inode: 900)
        script.acquire(at: 30, goroutine: 6, connection: 0xc0, inode: 901, descriptor: 7)
        let lease = try #require(script.analyzed().openLeases.first)
        #expect(lease.id.generation == 2)
        #expect(lease.socket?.id.inode == 901)
        #expect(lease.socket?.closedAt == nil)
    }

    @Test func twoPoolsOfOneLibraryAreApart() throws {
        var script = TraceScript()
        script.acquire(at: 10, goroutine: 5, connection: 0xc0, pool: 0xd0)
        script.acquire(at: 11, goroutine: 6, connection: 0xc1, pool: 0xd1)
        script.release(at: 20, goroutine: 6, connection: 0xc1, pool: 0xd1)
        let pools = script.analyzed().pools
        #expect(pools.map(\.name) == ["database/sql #1", "database/sql #2"])
        #expect(pools.map(\.openLeases) == [1, 0])
    }

    @Test func acquireWithoutItsBeginningFindsThePoolOfItsConnection() throws {
        var script = TraceScript()
        script.acquire(at: 10, goroutine: 5, connection: 0xc0, pool: 0xd0)
        script.release(at: 20, goroutine: 5, connection: 0xc0)
        script.acquire(at: 21, goroutine: 5, connection: 0xc1, pool: 0xd1)
        script.end(at: 30, goroutine: 6, connection: 0xc0)
        let lease = try #require(script.analyzed().openLeases.last)
        #expect(lease.pool.address == 0xd0)
        #expect(lease.wait == nil)
    }

    @Test func holderConditionIsThatOfTheLastAuditOfThisHolder() throws {
        var script = TraceScript()
        script.acquire(at: 10, goroutine: 5, connection: 0xc0)
        script.holder(at: 20, goroutine: 5, connection: 0xc0, .exists)
        script.holder(at: 30, goroutine: 5, connection: 0xc0, .ended)
        // Another goroutine's state, of an earlier lease of the connection.
        script.holder(at: 40, goroutine: 4, connection: 0xc0, .exists)
        #expect(script.analyzed().openLeases.first?.condition.state == .ended)
    }

    @Test func threadHolderEndsWithItsThreadAndAGoroutineDoesNot() throws {
        var script = TraceScript()
        script.acquire(at: 10, goroutine: 0, connection: 0xc0)
        script.acquire(at: 10, goroutine: 5, connection: 0xc1)
        script.taskExit(at: 20, thread: 100)
        let states = script.analyzed().openLeases.map { ($0.id.connection, $0.condition.state) }
        #expect(states.first { $0.0 == 0xc0 }?.1 == .ended)
        #expect(states.first { $0.0 == 0xc1 }?.1 == .unknown)
    }

    @Test func traceThatBreaksOffStillHasItsOpenLeases() throws {
        var script = TraceScript()
        script.acquire(at: 10, goroutine: 5, connection: 0xc0)
        script.begin(at: 400, goroutine: 6)
        let analysis = script.analyzed()
        #expect(analysis.end == nil)
        #expect(analysis.openLeases.count == 1)
        #expect(analysis.duration == .milliseconds(400))
    }

    @Test func recordOutOfOrderIsCountedAndMakesNoNegativeHold() throws {
        var script = TraceScript()
        script.acquire(at: 50, goroutine: 5, connection: 0xc0)
        var records = script.records
        script.release(at: 40, goroutine: 5, connection: 0xc0)
        records.append(script.records[0])
        var correlator = Correlating()
        let analysis = correlator.run(script, records)
        #expect(analysis.irregularities.outOfOrder == 1)
        #expect(analysis.irregularities.negativeIntervals == 1)
        #expect(analysis.pools.first?.holds.longest == .zero)
    }
}
