// SPDX-License-Identifier: Apache-2.0
import Diagnosis
import Testing
import TraceModel
import TraceScripts

/// Where the time of a lease went.
@Suite(.timeLimit(.minutes(15))) struct LeaseTimeTests {
    private static let way = 2.0

    /// A lease of goroutine 7 from 100 on, on a connection that was dialled with a way of 2 ms, until `end`.
    private func time(
        until end: Double = 200, isDialled: Bool = true, _ calls: (inout TraceScript) -> Void
    ) throws -> LeaseTime {
        var script = TraceScript()
        if isDialled { script.dial(at: 10, inode: 900, descriptor: 7, goroutine: 3, took: Self.way - 0.0005) }
        script.acquire(at: 100, goroutine: 7, connection: 0xc1, inode: 900, descriptor: 7, waited: 5)
        calls(&script)
        script.release(at: end, goroutine: 7, connection: 0xc1)
        let lease = try #require(script.leases().first)
        let time = try #require(lease.time)
        let pool = try #require(script.analyzed().pools.first)
        #expect(pool.time.total == time.total || pool.callSiteTimes.first?.leases != 1)
        #expect(time.wait == lease.wait.map { UInt64($0.wholeNanoseconds) })
        #expect(time.hold == UInt64(((end - 100) * 1_000_000).rounded()))
        return time
    }

    private func milliseconds(_ time: LeaseTime) -> [String: Double] {
        var parts: [String: Double] = [:]
        for part in LeasePart.allCases where time[part] > 0 {
            parts[part.name] = (Double(time[part]) / 1000).rounded() / 1000
        }
        return parts
    }

    @Test func roundTripIsSplit() throws {
        let time = try time { script in
            script.send(at: 111, inode: 900, goroutine: 7, took: 1)
            script.receive(at: 111.1, inode: 900, goroutine: 7, bytes: -11)
            script.receive(at: 171, inode: 900, goroutine: 7, waited: 9)
        }
        #expect(
            milliseconds(time) == [
                "pool": 5, "application": 39, "send": 1, "network": 2, "server": 49, "receive_queue": 9,
            ])
    }

    /// Nobody dialled in the trace: the smoothed round trip bounds the way, but may be the peer's time.
    @Test func smoothedRoundTripTellsWhatIsShortOnly() throws {
        let calls: (Double) -> (inout TraceScript) -> Void = { took in
            { script in
                script.census(at: 101, index: 1, inode: 900, descriptor: 7)
                script.query(at: 110, inode: 900, goroutine: 7, took: took)
            }
        }
        let long = try time(isDialled: false, calls(50))
        #expect(milliseconds(long) == ["pool": 5, "application": 50, "network": 0.35, "server": 49.65])
        let short = try time(isDialled: false, calls(3))
        #expect(milliseconds(short) == ["pool": 5, "application": 97, "network_or_server": 3])
    }

    @Test func whatWasSentAgainIsNotToldApart() throws {
        let time = try time { script in
            script.send(at: 110, inode: 900, goroutine: 7)
            script.retransmit(at: 130, inode: 900)
            script.receive(at: 150, inode: 900, goroutine: 7)
            script.query(at: 160, inode: 900, goroutine: 7, took: 10)
        }
        #expect(
            milliseconds(time) == ["pool": 5, "application": 50, "network_or_server": 40, "network": 2, "server": 8])
    }

    /// A row of reads: who finds nothing waits, who finds the rest of the answer works.
    @Test func restOfAnAnswer() throws {
        let time = try time { script in
            script.query(at: 110, inode: 900, goroutine: 7, took: 10)
            script.receive(at: 130, inode: 900, goroutine: 7)
            script.receive(at: 131, inode: 900, goroutine: 7, bytes: -11)
            script.receive(at: 151, inode: 900, goroutine: 7, waited: 4)
            script.receive(at: 180, inode: 900, goroutine: 7, took: 25)
        }
        #expect(
            milliseconds(time) == [
                "pool": 5, "application": 45, "network": 2, "server": 8, "network_or_server": 41, "receive_queue": 4,
            ])
    }

    @Test func connectionThatIsCheckedFirst() throws {
        let time = try time { script in
            script.receive(at: 110, inode: 900, goroutine: 7, bytes: -11)
            script.query(at: 111, inode: 900, goroutine: 7, took: 20)
        }
        #expect(milliseconds(time) == ["pool": 5, "application": 80, "network": 2, "server": 18])
    }

    @Test func requestInParts() throws {
        let time = try time { script in
            script.send(at: 110, inode: 900, goroutine: 7)
            script.send(at: 110.5, inode: 900, goroutine: 7)
            // No room, then room.
            script.send(at: 110.6, inode: 900, goroutine: 7, bytes: -11)
            script.send(at: 140, inode: 900, goroutine: 7)
            script.receive(at: 150, inode: 900, goroutine: 7)
        }
        #expect(milliseconds(time) == ["pool": 5, "application": 60, "send": 30, "network": 2, "server": 8])
    }

    @Test func overlappingRequestsAreNotTold() throws {
        let time = try time { script in
            script.send(at: 110, inode: 900, goroutine: 7)
            script.send(at: 130, inode: 900, goroutine: 7)
            script.receive(at: 150, inode: 900, goroutine: 7)
        }
        #expect(milliseconds(time) == ["pool": 5, "application": 60, "unclear": 20, "network": 2, "server": 18])
    }

    @Test func readThatIsGivenUp() throws {
        let time = try time { script in
            script.send(at: 110, inode: 900, goroutine: 7)
            script.receive(at: 110, inode: 900, goroutine: 7, bytes: -11)
        }
        #expect(milliseconds(time) == ["pool": 5, "application": 10, "network_or_server": 90])
    }

    @Test func callsOfUnknownBegin() throws {
        let time = try time { script in
            script.query(at: 110, inode: 900, goroutine: 7, took: 10)
            script.receive(at: 150, inode: 900, goroutine: 7, isTimed: false)
        }
        #expect(milliseconds(time) == ["pool": 5, "application": 60, "network": 2, "server": 8, "missing": 30])
    }

    @Test func sumsAreNotTold() throws {
        let since = try time { script in
            script.query(at: 110, inode: 900, goroutine: 7, took: 10)
            script.detail(at: 140, inode: 900)
            script.sum(at: 190, inode: 900, calls: 5, sent: 180, received: 181)
        }
        #expect(milliseconds(since) == ["pool": 5, "application": 10, "network": 2, "server": 8, "aggregated": 80])
        let all = try time { $0.detail(at: 20) }
        #expect(milliseconds(all) == ["pool": 5, "aggregated": 100])
    }

    @Test func lossesAreNotTold() throws {
        let time = try time { script in
            script.query(at: 110, inode: 900, goroutine: 7, took: 10)
            script.loss(from: 130, to: 140, kind: .socketIO, count: 1)
        }
        #expect(milliseconds(time) == ["pool": 5, "missing": 100])
    }

    @Test func unknownSocketIsNotTold() throws {
        var script = TraceScript()
        script.acquire(at: 100, goroutine: 7, connection: 0xc1, waited: 5)
        script.release(at: 200, goroutine: 7, connection: 0xc1)
        let time = try #require(script.leases().first?.time)
        #expect(milliseconds(time) == ["pool": 5, "no_socket": 100])
    }

    // MARK: - The wait

    private func dialled(by dialler: UInt64) throws -> [String: Double] {
        var script = TraceScript()
        script.begin(at: 100, goroutine: 7)
        script.lookup(at: 130, "db.internal", goroutine: dialler, took: 20)
        script.dial(at: 131, inode: 900, descriptor: 7, goroutine: dialler, took: 10)
        script.handshake(at: 175, inode: 900, goroutine: dialler, took: 30)
        script.end(at: 200, goroutine: 7, connection: 0xc1, inode: 900, descriptor: 7)
        script.release(at: 210, goroutine: 7, connection: 0xc1)
        // Leased again: nothing of it is dialled any more.
        script.acquire(at: 300, goroutine: 8, connection: 0xc1, inode: 900, descriptor: 7, waited: 40)
        script.release(at: 310, goroutine: 8, connection: 0xc1)
        let leases = script.leases()
        #expect(leases.last?.time.map(milliseconds) == ["pool": 40, "application": 10])
        return try milliseconds(#require(leases.first?.time))
    }

    @Test(arguments: [7, 3] as [UInt64]) func dialIsSplit(by dialler: UInt64) throws {
        let parts = try dialled(by: dialler)
        #expect(
            parts == [
                "pool": 10, "lookup": 20, "connect": 11, "tls": 30, "session_startup": 29, "application": 10,
            ])
    }

    @Test func dialOfAnUnknownSocketIsOne() throws {
        var script = TraceScript()
        script.begin(at: 100, goroutine: 7)
        script.dial(at: 131, inode: 900, descriptor: 7, goroutine: 7, took: 10)
        script.end(at: 200, goroutine: 7, connection: 0xc1)
        script.release(at: 210, goroutine: 7, connection: 0xc1)
        let time = try #require(script.leases().first?.time)
        #expect(milliseconds(time) == ["pool": 30.999, "dial": 69.001, "no_socket": 10])
    }

    // MARK: - Sums

    /// Whatever happens, in whatever order, nothing is lost or counted twice.
    @Test(arguments: 1...20 as ClosedRange<UInt64>) func partsAddUp(_ seed: UInt64) {
        var random = Steps(state: seed)
        var script = TraceScript()
        var at = 1.0
        for _ in 0..<3000 {
            at += Double(random.next(2_000_000)) / 1_000_000
            let goroutine = 1 + random.next(4)
            let inode = 900 + random.next(3)
            let connection = 0xc0 + inode
            let took = random.next(3) == 0 ? Double(random.next(3_000_000)) / 1_000_000 : 0
            switch random.next(14) {
            case 0: script.begin(at: at, goroutine: goroutine)
            case 1: script.end(at: at, goroutine: goroutine, connection: connection, inode: inode)
            case 2: script.end(at: at, goroutine: goroutine, connection: connection)
            case 3, 4: script.release(at: at, goroutine: goroutine, connection: connection)
            case 5: script.dial(at: at, inode: inode, descriptor: 7, goroutine: goroutine, took: took)
            case 6: script.lookup(at: at, "db", goroutine: goroutine, took: took)
            case 7: script.handshake(at: at, inode: inode, goroutine: goroutine, took: took)
            case 8: script.receive(at: at, inode: inode, goroutine: goroutine, bytes: -11)
            case 9: script.retransmit(at: at, inode: inode)
            case 10: if random.next(20) == 0 { script.socketClose(at: at, inode: inode) }
            case 11: script.send(at: at, inode: inode, goroutine: goroutine, took: took)
            case 12: script.census(at: at, index: 1, inode: inode, descriptor: 7)
            default:
                script.receive(
                    at: at, inode: inode, goroutine: goroutine, bytes: random.next(9) == 0 ? 0 : 50, took: took,
                    waited: UInt16(random.next(4)), isTimed: random.next(5) != 0)
            }
        }
        let end = script.analyzed().endedAt
        var (wait, hold, count) = (UInt64(0), UInt64(0), UInt64(0))
        for lease in script.leases() {
            guard let time = lease.time, let length = lease.hold(until: end) else { continue }
            #expect(time.hold == UInt64(length.wholeNanoseconds))
            #expect(time.wait == lease.wait.map { UInt64($0.wholeNanoseconds) } ?? 0)
            #expect(time.total == time.wait &+ time.hold)
            guard lease.ending != nil else { continue }
            wait &+= time.wait
            hold &+= time.hold
            count += 1
        }
        let pools = script.analyzed().pools
        #expect(count > 50)
        #expect(pools.reduce(0) { $0 + $1.holds.count } == count)
        #expect(pools.reduce(0) { $0 + $1.time.wait } == wait)
        #expect(pools.reduce(0) { $0 + $1.time.hold } == hold)
        #expect(pools.reduce(0) { $0 + UInt64($1.holds.total.wholeNanoseconds) } == hold)
        for pool in pools {
            var ofSites = LeaseTime()
            for site in pool.callSiteTimes { ofSites += site.time }
            #expect(ofSites == pool.time)
        }
    }

    /// A linear congruential generator, so that a failure can be repeated.
    private struct Steps {
        var state: UInt64

        mutating func next(_ bound: UInt64) -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return (state >> 33) % bound
        }
    }
}
