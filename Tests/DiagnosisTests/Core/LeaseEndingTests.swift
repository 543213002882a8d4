// SPDX-License-Identifier: Apache-2.0
import Diagnosis
import Testing
import TraceModel
import TraceScripts

/// Each way in which a lease ends: in the aggregates of the pool, and one by one.
@Suite(.timeLimit(.minutes(15))) struct LeaseEndingTests {
    private func expect(
        _ kind: LeaseEnding.Kind, of script: TraceScript, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let endings = try #require(script.analyzed().pools.first).endings
        for other in LeaseEnding.Kind.allCases {
            #expect(endings[other] == (other == kind ? 1 : 0), "\(other)", sourceLocation: sourceLocation)
        }
        let ended = script.leases().filter { $0.ending != nil }
        #expect(ended.map(\.ending?.kind) == [kind], sourceLocation: sourceLocation)
    }

    private var leased: TraceScript {
        var script = TraceScript()
        script.errorType(0x77, "*errors.errorString")
        script.connect(at: 5, inode: 900, descriptor: 7, goroutine: 5)
        script.acquire(at: 10, goroutine: 5, connection: 0xc0, inode: 900, descriptor: 7, waited: 8)
        return script
    }

    @Test func returned() throws {
        var script = leased
        script.release(at: 50, goroutine: 5, connection: 0xc0)
        try expect(.returned, of: script)
        #expect(script.leases().first?.ending?.event?.kind == .poolRelease)
    }

    /// A query may fail and its connection be well.
    @Test func returnedWithAnError() throws {
        var script = leased
        script.release(at: 50, goroutine: 5, connection: 0xc0, error: 0x77)
        script.acquire(at: 60, goroutine: 6, connection: 0xc0, inode: 900, descriptor: 7)
        try expect(.returned, of: script)
        let lease = try #require(script.leases().first)
        #expect(lease.ending?.hasError == true)
        #expect(lease.ending?.errorType == "*errors.errorString")
    }

    @Test func closedWithAnError() throws {
        var script = leased
        script.release(at: 50, goroutine: 5, connection: 0xc0, error: 0x77)
        script.connectionClose(at: 50.1, connection: 0xc0, goroutine: 5)
        script.socketClose(at: 50.2, inode: 900, goroutine: 5)
        try expect(.closedWithError, of: script)
    }

    /// redigo closes what a read has found dead, and gives it back then.
    @Test func closedUnseenInUse() throws {
        var script = leased
        script.descriptorClose(at: 50, inode: 900, descriptor: 7, goroutine: 5)
        script.release(at: 50.01, goroutine: 5, connection: 0xc0)
        try expect(.closedInUse, of: script)
    }

    /// Booked when the same goroutine dials in its next acquire: not as the close of an idle connection that was found there.
    @Test(arguments: [(begin: 51.0, LeaseEnding.Kind.closedWithoutError), (begin: 50.1, .returned)])
    func closedUnseenBeforeTheNextAcquireOrInIt(begin: Double, kind: LeaseEnding.Kind) throws {
        var script = leased
        script.release(at: 50, goroutine: 5, connection: 0xc0)
        script.descriptorClose(at: 50.2, inode: 900, descriptor: 7, goroutine: 5)
        script.begin(at: begin, goroutine: 5)
        script.connect(at: 55, inode: 901, descriptor: 7, goroutine: 5)
        script.end(at: 56, goroutine: 5, connection: 0xc1, inode: 901, descriptor: 7)
        let endings = try #require(script.analyzed().pools.first).endings
        #expect(endings[kind] == 1)
        #expect(script.leases().first?.ending?.kind == kind)
    }

    @Test func closedWithoutAnError() throws {
        var script = leased
        script.release(at: 50, goroutine: 5, connection: 0xc0)
        script.connectionClose(at: 50.1, connection: 0xc0, goroutine: 5)
        script.socketClose(at: 50.2, inode: 900, goroutine: 5)
        try expect(.closedWithoutError, of: script)
    }

    /// A library whose close is not traced.
    @Test func closedBySocketAlone() throws {
        var script = leased
        script.release(at: 50, goroutine: 5, connection: 0xc0)
        script.socketClose(at: 50.2, inode: 900, goroutine: 5)
        try expect(.closedWithoutError, of: script)
    }

    @Test func closedBySomeoneElseWasReturned() throws {
        var script = leased
        script.release(at: 50, goroutine: 5, connection: 0xc0)
        script.connectionClose(at: 50.1, connection: 0xc0, goroutine: 8)
        script.socketClose(at: 50.2, inode: 900, goroutine: 8)
        try expect(.returned, of: script)
    }

    @Test func closedLongAfterwardsWasReturned() throws {
        var script = leased
        script.release(at: 50, goroutine: 5, connection: 0xc0)
        script.connectionClose(at: 1051, connection: 0xc0, goroutine: 5)
        try expect(.returned, of: script)
    }

    /// The next acquire of the same goroutine finds the connection too old, and closes it.
    @Test func closedInTheNextAcquireWasReturned() throws {
        var script = leased
        script.release(at: 50, goroutine: 5, connection: 0xc0)
        script.begin(at: 51, goroutine: 5)
        script.connectionClose(at: 51.1, connection: 0xc0, goroutine: 5)
        script.socketClose(at: 51.2, inode: 900, goroutine: 5)
        script.end(at: 51.3, goroutine: 5, connection: 0)
        try expect(.returned, of: script)
    }

    @Test func closedWithinTheLease() throws {
        var script = leased
        script.connectionClose(at: 50, connection: 0xc0, goroutine: 5)
        try expect(.closedInUse, of: script)
        #expect(script.leases().first?.ending?.event?.kind == .poolConnectionClose)
    }

    /// A driver closes the socket of a broken connection itself; the pool hears of it with the release.
    @Test func socketClosedWithinTheLease() throws {
        var script = leased
        script.socketClose(at: 40, inode: 900, goroutine: 5)
        script.release(at: 50, goroutine: 5, connection: 0xc0, error: 0x77)
        script.connectionClose(at: 50.1, connection: 0xc0, goroutine: 5)
        try expect(.closedInUse, of: script)
    }

    @Test func lostReleaseIsAnUnknownEnd() throws {
        var script = leased
        script.loss(from: 20, to: 80, kind: .poolRelease, count: 1)
        script.acquire(at: 90, goroutine: 6, connection: 0xc0, inode: 900, descriptor: 7)
        try expect(.unknown, of: script)
        let leases = script.leases()
        #expect(leases.first?.ending?.event == nil)
        #expect(leases.first?.hold(until: TraceScript.instant(100)) == nil)
        #expect(leases.last?.ending == nil)
    }

    @Test func openAtTheEndHasNotEnded() throws {
        let script = leased
        #expect(script.analyzed().pools.first?.endings == LeaseEndings())
        #expect(script.leases().map(\.ending) == [nil])
    }

    /// Attached in mid-lease: its release ends nothing, and the close that follows is not a lease's.
    @Test func leaseFromBeforeTheTraceIsNotListed() throws {
        var script = TraceScript()
        script.release(at: 10, goroutine: 5, connection: 0xc0)
        script.connectionClose(at: 10.1, connection: 0xc0, goroutine: 5)
        #expect(script.leases().isEmpty)
        #expect(script.analyzed().pools.first?.endings == LeaseEndings())
    }

    @Test func closeThatComesBeforeItsReleaseCrashesNothing() throws {
        var script = leased
        let records = script.records
        var late = TraceScript()
        late.connectionClose(at: 49, connection: 0xc0, goroutine: 5)
        late.release(at: 50, goroutine: 5, connection: 0xc0)
        var correlating = Correlating()
        script.symbols = []
        let analysis = correlating.run(script, records + late.records.reversed())
        // The release is first in the file, and the close is older than it.
        #expect(analysis.pools.first?.endings[.returned] == 1)
        #expect(analysis.irregularities.outOfOrder == 1)
    }

    @Test func leasesComeInTheOrderOfTheirEnds() throws {
        var script = TraceScript()
        for index in 0..<UInt64(6) {
            script.acquire(at: 10 + Double(index), goroutine: 5 + index, connection: 0xc0 + index)
        }
        // The last acquired ends first; the third is closed with its release, the fifth is open.
        for index in [UInt64(5), 3, 2, 1, 0] {
            let at = 100 - Double(index) * 10
            script.release(at: at, goroutine: 5 + index, connection: 0xc0 + index)
            if index == 2 { script.connectionClose(at: at + 1, connection: 0xc2, goroutine: 7) }
        }
        for every in [UInt64(1), 4, 1000] {
            let leases = script.leases(every: every)
            #expect(leases.map(\.id.generation) == [6, 4, 3, 2, 1, 5])
            #expect(leases.map { $0.ending?.kind == .closedWithoutError } == [false, false, true, false, false, false])
            #expect(leases.last?.ending == nil)
        }
    }
}
