// SPDX-License-Identifier: Apache-2.0
import Diagnosis
import Testing
import TraceModel
import TraceScripts

/// How old a lease's connection is, and how often it was leased.
@Suite(.timeLimit(.minutes(15))) struct ConnectionTests {
    @Test func dialledConnectionIsNewAndThenUsedAgain() throws {
        var script = TraceScript()
        script.begin(at: 9, goroutine: 5)
        script.connect(at: 10, inode: 900, descriptor: 7, goroutine: 5)
        script.end(at: 12, goroutine: 5, connection: 0xc0, inode: 900, descriptor: 7)
        script.release(at: 20, goroutine: 5, connection: 0xc0)
        script.acquire(at: 110, goroutine: 6, connection: 0xc0, inode: 900, descriptor: 7)
        let uses = script.leases().map(\.connection)
        #expect(uses.map(\.isNew) == [true, false])
        #expect(uses.map(\.number) == [1, 2])
        #expect(uses.map(\.isNumberExact) == [true, true])
        #expect(uses.map(\.isDialled) == [true, false])
        // The script opens a socket a microsecond before it connects it.
        #expect(uses.map(\.age) == [.microseconds(2001), .microseconds(100_001)])
        #expect(uses.map(\.isAgeExact) == [true, true])
        let reuse = try #require(script.analyzed().pools.first).reuse
        #expect((reuse.connections, reuse.newLeases, reuse.reusedLeases, reuse.unknownLeases) == (1, 1, 1, 0))
        #expect(reuse.mostLeases == 2)
        #expect(reuse.leasesPerConnection == 2)
    }

    /// As `database/sql` does while a request waits (DB.openNewConnection in database/sql/sql.go).
    @Test func connectionThatAnotherGoroutineDialledIsNew() throws {
        var script = TraceScript()
        script.begin(at: 9, goroutine: 5)
        script.connect(at: 10, inode: 900, descriptor: 7, goroutine: 2)
        script.end(at: 12, goroutine: 5, connection: 0xc0, inode: 900, descriptor: 7)
        let use = try #require(script.leases().first).connection
        #expect(use.isNew == true)
        #expect(!use.isDialled)
        #expect(use.isAgeExact)
    }

    @Test func connectionFromBeforeTheTraceIsAtLeastAsOldAsItsFirstSight() throws {
        var script = TraceScript()
        script.census(at: 2, index: 0, inode: 900, descriptor: 7, isFromBefore: true)
        script.censusEnd(at: 3, index: 0, started: 1, sockets: 1)
        script.acquire(at: 52, goroutine: 5, connection: 0xc0, inode: 900, descriptor: 7)
        script.release(at: 60, goroutine: 5, connection: 0xc0)
        script.acquire(at: 72, goroutine: 5, connection: 0xc0, inode: 900, descriptor: 7)
        let uses = script.leases().map(\.connection)
        #expect(uses.map(\.isNew) == [false, false])
        #expect(uses.map(\.age) == [.milliseconds(50), .milliseconds(70)])
        #expect(uses.map(\.isAgeExact) == [false, false])
        #expect(uses.map(\.number) == [1, 2])
        #expect(uses.map(\.isNumberExact) == [false, false])
    }

    /// The recorder learns the connection's type from its first lease.
    @Test func socketThatIsFoundLaterTellsTheAge() throws {
        var script = TraceScript()
        script.census(at: 2, index: 0, inode: 900, descriptor: 7, isFromBefore: true)
        script.acquire(at: 52, goroutine: 5, connection: 0xc0)
        script.leaseJoin(at: 80, connection: 0xc0, acquiredAt: 52, inode: 900, descriptor: 7)
        let use = try #require(script.leases().first).connection
        #expect(use.age == .milliseconds(50))
        #expect((use.isAgeExact, use.isNew, use.isNumberExact) == (false, false, false))
        script.connect(at: 1, inode: 900, descriptor: 7, goroutine: 2)
        let born = try #require(script.leases().first).connection
        #expect((born.isAgeExact, born.isNew, born.isNumberExact) == (true, true, true))
    }

    @Test func connectionWithoutASocketIsNotKnownToBeNew() throws {
        var script = TraceScript()
        script.acquire(at: 10, goroutine: 5, connection: 0xc0)
        let use = try #require(script.leases().first).connection
        #expect(use.isNew == nil)
        #expect(use.age == nil)
        #expect(!use.isNumberExact)
        #expect(script.analyzed().pools.first?.reuse.unknownLeases == 1)
    }

    /// The socket that the holder used tells the age too.
    @Test func witnessTellsTheAge() throws {
        var script = TraceScript()
        script.connect(at: 5, inode: 900, descriptor: 7, goroutine: 2)
        script.acquire(at: 10, goroutine: 5, connection: 0xc0)
        script.query(at: 11, inode: 900, goroutine: 5)
        script.release(at: 20, goroutine: 5, connection: 0xc0)
        let use = try #require(script.leases().first).connection
        #expect(use.age == .microseconds(5001))
        #expect(use.isNew == true)
    }

    @Test func lostLeasesMakeNothingExact() throws {
        var script = TraceScript()
        script.connect(at: 5, inode: 900, descriptor: 7, goroutine: 2)
        script.acquire(at: 10, goroutine: 5, connection: 0xc0, inode: 900, descriptor: 7)
        script.release(at: 20, goroutine: 5, connection: 0xc0)
        script.loss(from: 6, to: 1000, kind: .poolAcquireEnd, count: 1)
        let use = try #require(script.leases().first).connection
        #expect(use.isNew == nil)
        #expect((use.number, use.isNumberExact, use.isAgeExact) == (1, false, true))
    }

    /// As of pgxpool v5, whose acquire's end does not tell the connection: what the acquire of goroutine 4 got may be 0xc0,
    /// which another goroutine dialled for it.
    @Test func acquireFromBeforeTheTraceMayHaveLeasedAConnectionThatIsBornInIt() throws {
        var script = TraceScript()
        script.connect(at: 5, inode: 900, descriptor: 7, goroutine: 2)
        script.end(at: 6, goroutine: 4, connection: 0, error: 0)
        script.acquire(at: 10, goroutine: 5, connection: 0xc0, inode: 900, descriptor: 7)
        script.release(at: 20, goroutine: 5, connection: 0xc0)
        script.connect(at: 25, inode: 901, descriptor: 8, goroutine: 2)
        script.acquire(at: 30, goroutine: 5, connection: 0xd0, inode: 901, descriptor: 8)
        #expect(script.leases().map(\.connection.isNumberExact) == [false, true])
    }

    /// Its end does not name the pool, which is the one that the first acquire in the trace names.
    @Test func acquireFromBeforeTheTraceIsOfTheFirstPoolThatIsNamed() throws {
        var script = TraceScript()
        script.connect(at: 5, inode: 900, descriptor: 7, goroutine: 2)
        script.end(at: 6, goroutine: 4, connection: 0xc0, inode: 900, descriptor: 7)
        script.release(at: 8, goroutine: 4, connection: 0xc0)
        script.acquire(at: 10, goroutine: 5, connection: 0xc0, inode: 900, descriptor: 7)
        script.release(at: 20, goroutine: 5, connection: 0xc0)
        let uses = script.leases().map(\.connection)
        #expect(uses.map(\.number) == [1, 2] && uses.map(\.isNumberExact) == [true, true])
        let pools = script.analyzed().pools
        #expect(pools.map(\.name) == ["database/sql #1"] && pools.map(\.acquires) == [2])
        #expect(pools.first?.reuse.connections == 1)
    }

    /// The kernel's last change of state has no local port any more.
    @Test func portOfASocketThatClosedIsKept() throws {
        var script = TraceScript()
        script.connect(at: 5, inode: 900, descriptor: 7, goroutine: 5)
        script.acquire(at: 10, goroutine: 5, connection: 0xc0, inode: 900, descriptor: 7)
        script.state(at: 20, inode: 900, from: 1, to: 7)
        script.socketClose(at: 20.1, inode: 900, goroutine: 5)
        script.release(at: 21, goroutine: 5, connection: 0xc0)
        #expect(try #require(script.leases().first).socket?.local?.port == 40000)
    }

    @Test func anotherSocketIsAnotherConnection() throws {
        var script = TraceScript()
        script.connect(at: 5, inode: 900, descriptor: 7, goroutine: 2)
        script.acquire(at: 10, goroutine: 5, connection: 0xc0, inode: 900, descriptor: 7)
        script.release(at: 20, goroutine: 5, connection: 0xc0)
        // Neither the close of the connection nor that of its socket is in the trace.
        script.connect(at: 30, inode: 901, descriptor: 8, goroutine: 2)
        script.acquire(at: 40, goroutine: 5, connection: 0xc0, inode: 901, descriptor: 8)
        let leases = script.leases()
        #expect(leases.map(\.connection.isNew) == [true, true])
        #expect(leases.map(\.connection.number) == [1, 1])
        #expect(script.analyzed().pools.first?.reuse.connections == 2)
    }

    @Test func closedConnectionsAddressIsANewConnection() throws {
        var script = TraceScript()
        script.acquire(at: 10, goroutine: 5, connection: 0xc0)
        script.release(at: 20, goroutine: 5, connection: 0xc0)
        script.connectionClose(at: 20.1, connection: 0xc0, goroutine: 5)
        script.acquire(at: 40, goroutine: 5, connection: 0xc0)
        #expect(script.leases().map(\.connection.number) == [1, 1])
        #expect(script.analyzed().pools.first?.reuse.connections == 2)
    }

    @Test func failedAcquiresAreCountedByError() throws {
        var script = TraceScript()
        script.errorType(0x77, "context.deadlineExceededError")
        for index in 0..<UInt64(3) {
            script.begin(at: 10 + Double(index) * 100, goroutine: 5)
            script.end(at: 40 + Double(index) * 100, goroutine: 5, connection: 0)
        }
        script.begin(at: 500, goroutine: 6)
        script.connect(at: 501, inode: 900, descriptor: 7, goroutine: 6, result: -111)
        script.end(at: 502, goroutine: 6, connection: 0, error: 0x88)
        script.end(at: 600, goroutine: 7, connection: 0, error: 0x88)
        let pool = try #require(script.analyzed().pools.first)
        #expect(pool.failures == 5)
        #expect(pool.failuresByError.map(\.errorType) == ["context.deadlineExceededError", "0x88"])
        #expect(pool.failuresByError.map(\.count) == [3, 2])
        #expect(pool.failuresByError.map(\.dialled) == [0, 1])
        #expect(pool.failuresByError.map(\.waits.count) == [3, 1], "one request was before the trace")
        #expect(pool.failuresByError.first?.waits.longest == .milliseconds(30))
        #expect((pool.failureWaits.count, pool.failureWaits.longest) == (4, .milliseconds(30)))
    }

    @Test func typesOfErrorsAreBounded() throws {
        var script = TraceScript()
        for index in 1...UInt64(100) {
            script.end(at: Double(index), goroutine: 5, connection: 0, error: index)
        }
        let pool = try #require(script.analyzed().pools.first)
        #expect(pool.failures == 100)
        #expect(pool.failuresByError.count == 33)
        #expect(pool.failuresByError.first?.errorType == "others")
    }
}
