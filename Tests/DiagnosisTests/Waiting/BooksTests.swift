// SPDX-License-Identifier: Apache-2.0
import Diagnosis
import Testing
import TraceModel
import TraceScripts

/// A pool's own counters against the trace's leases, waits and sockets.
@Suite(.timeLimit(.minutes(15))) struct BooksTests {
    private func books(_ script: TraceScript) throws -> PoolReconciliation {
        try #require(script.analyzed().pools.first).reconciliation
    }

    /// Two leases, one of them ended long before the readings at 1000 and 2000.
    private var leased: TraceScript {
        var script = TraceScript()
        script.connect(at: 5, inode: 900, descriptor: 7, goroutine: 2)
        script.connect(at: 6, inode: 901, descriptor: 8, goroutine: 2)
        script.acquire(at: 10, goroutine: 5, connection: 0xc0, inode: 900, descriptor: 7)
        script.acquire(at: 11, goroutine: 6, connection: 0xc1, inode: 901, descriptor: 8)
        script.release(at: 50, goroutine: 6, connection: 0xc1)
        return script
    }

    @Test func equalCountsAgree() throws {
        var script = leased
        script.poolState(at: 1000, open: 2, idle: 1, maximum: 5)
        script.poolState(at: 2000, open: 2, idle: 1, maximum: 5)
        let books = try books(script)
        #expect((books.readings, books.differing, books.agrees) == (2, 0, true))
        #expect(books.event?.timestamp == TraceScript.instant(2000))
    }

    @Test func withoutCountersThereIsNoAgreement() throws {
        var script = leased
        script.poolState(at: 1000, open: -1, idle: -1, maximum: 5, waits: -1)
        let books = try books(script)
        #expect(books.readings == 0)
        #expect(!books.agrees)
    }

    @Test func leaseThatThePoolDoesNotCountHasALostRelease() throws {
        var script = leased
        script.poolState(at: 1000, open: 2, idle: 2, maximum: 5)
        let books = try books(script)
        #expect(books.excessLeases == 1)
        #expect(!books.agrees)
    }

    @Test func differenceIsForgottenWhenTheLedgerCatchesUp() throws {
        var script = leased
        script.poolState(at: 1000, open: 2, idle: 2, maximum: 5)
        // The connection is leased again, which ends the lease whose release was lost.
        script.acquire(at: 1500, goroutine: 7, connection: 0xc0, inode: 900, descriptor: 7)
        script.release(at: 1510, goroutine: 7, connection: 0xc0)
        script.poolState(at: 2000, open: 2, idle: 2, maximum: 5)
        let books = try books(script)
        #expect((books.excessLeases, books.differing, books.readings) == (0, 1, 2))
    }

    /// In the 20 ms around the reading: its moment is not that of the pool.
    @Test(arguments: [-19.0, -1, 1, 19]) func whatIsInFlightIsAllowedFor(_ offset: Double) throws {
        var script = leased
        script.acquire(at: 300, goroutine: 7, connection: 0xc1, inode: 901, descriptor: 8, waited: 0.001)
        script.release(at: 1000 + offset, goroutine: 7, connection: 0xc1)
        // Before the release is booked, or after.
        for idle in [Int64(0), 1] {
            var read = script
            read.poolState(at: 1000, open: 2, idle: idle, maximum: 5)
            #expect(try books(read).agrees, "\(idle) idle")
        }
    }

    @Test func differenceWhileThePoolIsBusyCountsWhenItStands() throws {
        var script = leased
        for at in [1000.0, 2000] {
            script.acquire(at: at - 5, goroutine: 7, connection: 0xc1, inode: 901, descriptor: 8, waited: 0.001)
            script.release(at: at + 5, goroutine: 7, connection: 0xc1)
        }
        var once = script
        // Between one and two leases: none is too few.
        once.poolState(at: 1000, open: 2, idle: 2, maximum: 5)
        #expect(try books(once).excessLeases == 0)
        once.poolState(at: 2000, open: 2, idle: 1, maximum: 5)
        #expect(try books(once).excessLeases == 0)
        script.poolState(at: 1000, open: 2, idle: 2, maximum: 5)
        script.poolState(at: 2000, open: 2, idle: 2, maximum: 5)
        #expect(try books(script).excessLeases == 1)
    }

    @Test func leaseFromBeforeTheTraceIsUnseenAndNoContradiction() throws {
        var script = leased
        script.poolState(at: 1000, open: 3, idle: 1, maximum: 5)
        let books = try books(script)
        #expect(books.unseenLeases == 1)
        #expect(books.excessLeases == 0)
        #expect(books.agrees)
        #expect(script.analyzed().pools.first?.leasedBeforeTrace == 1)
    }

    @Test func connectionThatIsBeingDialledIsNotUnseen() throws {
        var script = leased
        script.begin(at: 100, goroutine: 8)
        script.poolState(at: 1000, open: 3, idle: 1, maximum: 5)
        #expect(try books(script).unseenLeases == 0)
    }

    @Test func releaseOfAConnectionThatWasFreeHasALostAcquire() throws {
        var script = leased
        script.release(at: 100, goroutine: 8, connection: 0xc1)
        script.release(at: 101, goroutine: 8, connection: 0xc9)
        let pool = try #require(script.analyzed().pools.first)
        #expect(pool.releasesWithoutLease == 2)
        #expect(pool.missedAcquires == 1, "the other may be from before the trace")
    }

    @Test func socketThatClosedUnderALease() throws {
        var script = leased
        script.socketClose(at: 100, inode: 900, goroutine: 5)
        script.poolState(at: 1000, open: 2, idle: 1, maximum: 5)
        #expect(try books(script).closedSockets == 0, "a close may be under way")
        script.poolState(at: 2000, open: 2, idle: 1, maximum: 5)
        #expect(try books(script).closedSockets == 1)
    }

    @Test func socketThatThePoolHasLetGoOf() throws {
        var script = leased
        script.poolState(at: 1000, open: 1, idle: 0, maximum: 5)
        script.poolState(at: 2000, open: 1, idle: 0, maximum: 5)
        let books = try books(script)
        #expect(books.straySockets == 1)
        #expect(!books.agrees)
    }

    @Test func socketsToTheEndpointThatNoPoolOwns() throws {
        var script = leased
        script.connect(at: 100, inode: 902, descriptor: 9, goroutine: 9)
        script.connect(at: 101, inode: 903, descriptor: 10, goroutine: 9)
        script.connect(at: 102, inode: 904, descriptor: 11, goroutine: 9, port: 6379)
        // One of them may be a connection that the pool never leased in the trace.
        for at in [1000.0, 2000] { script.poolState(at: at, open: 3, idle: 2, maximum: 5) }
        #expect(try books(script).outsideSockets == 1)
        // Another pool may own them; it does not say how many it has.
        script.acquire(at: 2100, goroutine: 9, connection: 0xe0, inode: 902, descriptor: 9, pool: 0xd1)
        script.release(at: 2110, goroutine: 9, connection: 0xe0, pool: 0xd1)
        for at in [3000.0, 4000] { script.poolState(at: at, open: 3, idle: 2, maximum: 5) }
        #expect(try books(script).outsideSockets == 0)
    }

    /// One acquire that surely queued, as its connection came back 30 ms later, one that may have, one that did not.
    @Test(arguments: [(7, false), (8, true), (9, true), (10, false)] as [(Int64, Bool)])
    func ownCountOfWaits(_ waits: Int64, _ agrees: Bool) throws {
        var script = leased
        script.poolState(at: 1000, open: 2, idle: 1, maximum: 5, waits: 7)
        script.begin(at: 1100, goroutine: 7)
        script.release(at: 1130, goroutine: 5, connection: 0xc0)
        script.end(at: 1131, goroutine: 7, connection: 0xc0, inode: 900, descriptor: 7)
        script.acquire(at: 1200, goroutine: 8, connection: 0xc1, inode: 901, descriptor: 8)
        script.release(at: 1210, goroutine: 8, connection: 0xc1)
        script.acquire(at: 1211, goroutine: 9, connection: 0xc1, inode: 901, descriptor: 8)
        script.release(at: 1230, goroutine: 9, connection: 0xc1)
        script.poolState(at: 2000, open: 2, idle: 1, maximum: 5, waits: waits)
        let waits = try #require(try books(script).waits)
        #expect((waits.least, waits.most) == (1, 2))
        #expect(waits.agrees == agrees)
        #expect(try books(script).agrees == agrees)
    }

    @Test func waitsOfALibraryThatCountsOtherThingsAreNotCompared() throws {
        var script = leased
        script.plan.pools[0].traits = PoolTraits()
        script.poolState(at: 1000, open: 2, idle: 1, maximum: 5, waits: 7)
        script.poolState(at: 2000, open: 2, idle: 1, maximum: 5, waits: 99)
        let books = try books(script)
        #expect(books.waits == nil)
        #expect(books.agrees)
    }

    @Test func recordsOutOfOrderCrashNothing() {
        var script = leased
        script.poolState(at: 1000, open: 2, idle: 1, maximum: 5)
        script.poolState(at: 2000, open: 0, idle: 1, maximum: 5)
        var correlating = Correlating()
        let pool = correlating.run(script, script.records.reversed()).pools.first
        #expect(pool?.reconciliation.readings == 2)
    }
}
