// SPDX-License-Identifier: Apache-2.0
import Testing
import TraceModel
import TraceScripts

/// The parts of a connection's birth.
@Suite(.timeLimit(.minutes(15))) struct BirthTests {
    private func statistics(_ milliseconds: Double) -> Duration {
        .nanoseconds(Int64((milliseconds * 1_000_000).rounded()))
    }

    @Test func partsOfAConnectionAddUp() throws {
        var script = TraceScript()
        script.site(1, "main.f", "f.go", 1)
        script.begin(at: 10, goroutine: 20)
        script.lookup(at: 17, "db.internal", goroutine: 20, took: 6)
        script.dial(at: 18, inode: 900, descriptor: 7, goroutine: 20, took: 3)
        script.handshake(at: 62, inode: 900, goroutine: 20, took: 40)
        script.end(at: 92, goroutine: 20, connection: 0xc0, inode: 900, descriptor: 7)
        let birth = try #require(script.analyzed().births.first)
        #expect(birth.endpoint.description == "10.0.0.5:5432")
        #expect(birth.pool == PoolID(adapterID: 0, address: 0xd0))
        #expect(birth.connections == 1)
        #expect(birth.lookup.longest == statistics(6))
        // The connect call's duration is not in the script's record: it begins with SYN_SENT.
        #expect(birth.connect.longest == statistics(3.0005))
        #expect(birth.handshake.longest == statistics(40))
        #expect(birth.startUp.longest == statistics(30))
        #expect(birth.total.longest == statistics(92 - 11))
    }

    @Test func connectBeginsWithItsCallWhereThatIsKnown() throws {
        var script = TraceScript()
        script.connect(at: 20, inode: 900, descriptor: 7, result: -115, took: 5)
        script.state(at: 19.9995, inode: 900, from: 7, to: 2)
        script.state(at: 30, inode: 900, from: 2, to: 1)
        script.connect(at: 50, inode: 901, descriptor: 8, took: 4)
        // It waited, and nothing says how long.
        script.connect(at: 60, inode: 902, descriptor: 9)
        let birth = try #require(script.analyzed().births.first)
        #expect(birth.connections == 3)
        #expect(birth.connect.count == 2)
        #expect(birth.connect.longest == statistics(15))
        #expect(birth.connect.total == statistics(19))
    }

    @Test func anotherGoroutineMayDial() throws {
        var script = TraceScript()
        script.site(1, "main.f", "f.go", 1)
        script.begin(at: 10, goroutine: 20)
        script.lookup(at: 12, "db.internal", goroutine: 31, took: 1)
        script.dial(at: 12.5, inode: 900, descriptor: 7, goroutine: 31, took: 2)
        script.end(at: 20, goroutine: 20, connection: 0xc0, inode: 900, descriptor: 7)
        let birth = try #require(script.analyzed().births.first)
        #expect(birth.lookup.count == 1)
        #expect(birth.handshake.count == 0)
        #expect(birth.startUp.longest == statistics(5.5))
    }

    /// A connection that was made ahead was idle for an unknown time.
    @Test func startUpOfAConnectionMadeAheadIsNotKnown() throws {
        var script = TraceScript()
        script.site(1, "main.f", "f.go", 1)
        script.dial(at: 10, inode: 900, descriptor: 7, goroutine: 31, took: 2)
        script.acquire(at: 9000, goroutine: 20, connection: 0xc0, inode: 900, descriptor: 7, waited: 5)
        let birth = try #require(script.analyzed().births.first)
        #expect(birth.connections == 1)
        #expect(birth.connect.count == 1)
        #expect(birth.startUp.count == 0)
        #expect(birth.total.count == 0)
    }

    /// The join of the first lease came after that of the second, which had waited for the connection.
    @Test func lateJoinOfTheFirstLeaseCounts() throws {
        var script = TraceScript()
        script.site(1, "main.f", "f.go", 1)
        script.begin(at: 10, goroutine: 20)
        script.begin(at: 11, goroutine: 21)
        script.dial(at: 12, inode: 900, descriptor: 7, goroutine: 20, took: 2)
        script.end(at: 20, goroutine: 20, connection: 0xc0)
        script.release(at: 50, goroutine: 20, connection: 0xc0)
        script.end(at: 51, goroutine: 21, connection: 0xc0, inode: 900, descriptor: 7)
        script.leaseJoin(at: 60, connection: 0xc0, acquiredAt: 51, inode: 900, descriptor: 7)
        let birth = try #require(script.analyzed().births.first)
        // The first lease is not joined at all: what is known is the second.
        #expect(birth.startUp.longest == statistics(37))
    }

    @Test(arguments: ["10.0.0.5", "::1", "fe80::1%eth0"]) func addressInNumbersIsNotLookedUp(_ host: String) throws {
        var script = TraceScript()
        script.lookup(at: 9, host, goroutine: 20, took: 0.01)
        script.dial(at: 10, inode: 900, descriptor: 7, goroutine: 20, took: 2)
        let analysis = script.analyzed()
        let birth = try #require(analysis.births.first)
        #expect(birth.withoutName == 1 && birth.lookup.count == 0 && birth.pool == nil)
        #expect(analysis.nameLookups.isEmpty)
    }

    @Test func lookUpServesOneConnection() throws {
        var script = TraceScript()
        script.lookup(at: 9, "db.internal", goroutine: 20, took: 4)
        // The first address does not answer.
        script.connect(at: 10, inode: 900, descriptor: 7, goroutine: 20, result: -115)
        script.state(at: 9.999, inode: 900, from: 7, to: 2)
        script.state(at: 3000, inode: 900, from: 2, to: 7)
        script.socketClose(at: 3000, inode: 900)
        script.dial(at: 3001, inode: 901, descriptor: 7, goroutine: 20, took: 2)
        // Dialled by address, without a look-up.
        script.dial(at: 3010, inode: 902, descriptor: 8, goroutine: 20, took: 2)
        // Looked up long before, for another purpose.
        script.lookup(at: 4000, "other.internal", goroutine: 20, took: 4)
        script.dial(at: 6000, inode: 903, descriptor: 9, goroutine: 20, took: 2)
        let birth = try #require(script.analyzed().births.first)
        #expect(birth.connections == 3)
        #expect(birth.lookup.count == 1)
        #expect(birth.withoutName == 0)
    }

    @Test func failuresAreCounted() throws {
        var script = TraceScript()
        script.lookup(at: 5, "absent.internal", goroutine: 20, took: 4, error: 0x77)
        script.lookup(at: 9, "db.internal", goroutine: 20, took: 1)
        script.dial(at: 10, inode: 900, descriptor: 7, goroutine: 20, took: 2)
        script.handshake(at: 30, inode: 900, goroutine: 20, took: 15, error: 0x77)
        script.socketClose(at: 31, inode: 900)
        script.handshake(at: 40, inode: 0, goroutine: 20, took: 1)
        let analysis = script.analyzed()
        let birth = try #require(analysis.births.first)
        #expect(birth.failedHandshakes == 1 && birth.handshake.count == 0)
        #expect(analysis.irregularities.unplacedHandshakes == 1)
        #expect(analysis.nameLookups.map(\.name) == ["absent.internal", "db.internal"])
        #expect(analysis.nameLookups.map(\.failures) == [1, 0])
    }
}
