// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import Diagnosis
import Testing
import TraceModel
import TraceScripts

@Suite(.timeLimit(.minutes(15))) struct TrafficLedgerTests {
    private func ledger(_ script: TraceScript) -> TrafficLedger {
        var ledger = TrafficLedger()
        script.metadata.forEach { ledger.consume($0) }
        if let end = script.end { ledger.consume(.end(end)) }
        // As from a file, and as one record at a time: both must come to the same.
        var byCopies = ledger
        for record in script.records {
            record.withBytes { ledger.consume(RecordView(checkedKind: record.header.kind, bytes: $0)) }
            byCopies.consume(record)
        }
        #expect(ledger.all == byCopies.all)
        return ledger
    }

    private func only(_ script: TraceScript) throws -> SocketTraffic {
        let all = ledger(script).all
        try #require(all.count == 1)
        return all[0]
    }

    @Test func everyCallIsCounted() throws {
        var script = TraceScript()
        script.connect(at: 1, inode: 900, descriptor: 7)
        for call in 0..<101 { script.query(at: 10 + Double(call), inode: 900, goroutine: 20, took: 0.5) }
        for call in 0..<7 { script.receive(at: 200 + Double(call), inode: 900, goroutine: 20, bytes: -11) }
        script.receive(at: 300, inode: 900, goroutine: 20, bytes: -104)
        script.receive(at: 301, inode: 900, goroutine: 20, bytes: 0)
        script.socketClose(at: 302, inode: 900)
        let socket = try only(script)
        #expect(socket.id == SocketID(inode: 900, bornAt: TraceScript.instant(0.999)))
        #expect(socket.receives.calls == 110 && socket.receives.bytes == 20_200)
        #expect(socket.receives.wouldBlocks == 7 && socket.receives.failures == 1 && socket.receives.summed == 0)
        #expect(socket.sends.calls == 101 && socket.sends.bytes == 10_100 && socket.sends.failures == 0)
        #expect(socket.endpoint?.description == "10.0.0.5:5432" && socket.local?.description == "10.0.0.9:40000")
        #expect(socket.protocolNumber == 6 && !socket.isAccepted)
        #expect(socket.firstSeen == TraceScript.instant(0.999) && socket.closedAt == TraceScript.instant(302))
        #expect(socket.leases == 0 && socket.holds.count == 0)
    }

    @Test func timesAreOfCallsWithAKnownDuration() throws {
        var script = TraceScript()
        for call in 1...100 {
            script.receive(at: Double(call), inode: 900, goroutine: 20, took: Double(call))
            script.receive(at: Double(call) + 0.5, inode: 900, goroutine: 20, took: 5000, isTimed: false)
        }
        let socket = try only(script)
        #expect(socket.receives.calls == 200 && socket.receives.times.count == 100)
        let (p50, p99) = (socket.receives.times.p50, socket.receives.times.p99)
        #expect(p50 >= .milliseconds(50) && p50 <= .microseconds(51_600), "within 1/32: \(p50)")
        #expect(p99 >= .milliseconds(99) && p99 <= .milliseconds(100), "\(p99)")
        #expect(socket.receives.times.longest == .milliseconds(100))
        #expect(socket.receives.times.total == .milliseconds(5050))
    }

    @Test func leasesAreOfTheSocketThatWasFound() {
        var script = TraceScript()
        script.connect(at: 1, inode: 900, descriptor: 7)
        script.connect(at: 2, inode: 901, descriptor: 8)
        for lease in 0..<13 {
            let at = 10 + Double(lease) * 20
            script.acquire(at: at, goroutine: 20, connection: 0xc0, inode: 900, descriptor: 7)
            script.release(at: at + 8, goroutine: 20, connection: 0xc0)
        }
        script.acquire(at: 400, goroutine: 20, connection: 0xc0, inode: 900, descriptor: 7)
        script.acquire(at: 410, goroutine: 21, connection: 0xc1)
        script.leaseJoin(at: 412, connection: 0xc1, acquiredAt: 410, inode: 901, descriptor: 8)
        script.connectionClose(at: 415, connection: 0xc1)
        script.acquire(at: 420, goroutine: 22, connection: 0xc2)
        script.end(at: 430, goroutine: 23, connection: 0)
        script.release(at: 440, goroutine: 24, connection: 0xcf)
        let ledger = ledger(script)
        let sockets = ledger.all
        #expect(sockets.map(\.leases) == [14, 1] && sockets.map(\.openLeases) == [1, 0])
        #expect(sockets[0].holds.count == 13 && sockets[0].holds.total == .milliseconds(104))
        #expect(sockets[1].holds.longest == .milliseconds(5))
        #expect(ledger.unjoinedLeases == 1, "0xc2: nothing is known of its socket")
    }

    /// A recording that begins in the midst meets a socket by its lease first.
    @Test func aSocketThatIsLeasedFirstIsOfTheKindThatItsCallsSay() throws {
        var script = TraceScript()
        script.acquire(at: 2, goroutine: 20, connection: 0xc0, inode: 900, descriptor: 7)
        script.query(at: 10, inode: 900, goroutine: 20)
        let socket = try only(script)
        #expect(socket.family == 2 && socket.protocolNumber == 6 && socket.leases == 1 && socket.sends.calls == 1)
        #expect(socket.id.bornAt == nil && socket.endpoint == nil)
    }

    /// A blocked read returns when another thread closes the socket, and its record may come after the close's.
    @Test func aCallThatTheCloseEndsIsCounted() throws {
        var script = TraceScript()
        script.connect(at: 1, inode: 900, descriptor: 7)
        script.acquire(at: 2, goroutine: 20, connection: 0xc0, inode: 900, descriptor: 7)
        script.socketClose(at: 10, inode: 900)
        script.receive(at: 10.1, inode: 900, goroutine: 20, bytes: 0, took: 8)
        script.release(at: 10.2, goroutine: 20, connection: 0xc0)
        let socket = try only(script)
        #expect(socket.receives.calls == 1 && socket.closedAt == TraceScript.instant(10))
        #expect(socket.openLeases == 0 && socket.holds.count == 1)
    }

    @Test func aReusedInodeIsAnotherSocket() {
        var script = TraceScript()
        for life in 0..<3 {
            let at = 10_000 * Double(life)
            script.connect(at: at + 1, inode: 900, descriptor: 7)
            script.query(at: at + 10, inode: 900, goroutine: 20)
            if life != 1 { script.socketClose(at: at + 20, inode: 900) }
        }
        let sockets = ledger(script).all
        #expect(sockets.map(\.receives.calls) == [1, 1, 1])
        #expect(sockets.map { $0.closedAt != nil } == [true, false, true], "nothing recorded the second's close")
        #expect(Set(sockets.map(\.id)).count == 3)
    }

    @Test func manySocketsThatCloseLeaveALineEach() {
        var script = TraceScript()
        for socket in 0..<1009 {
            let at = 10 * Double(socket)
            script.connect(at: at + 1, inode: 900 + UInt64(socket), descriptor: 7)
            script.query(at: at + 2, inode: 900 + UInt64(socket), goroutine: 20)
            script.socketClose(at: at + 5, inode: 900 + UInt64(socket))
        }
        let sockets = ledger(script).all
        #expect(Set(sockets.map(\.id.inode)) == Set(900..<1909))
        #expect(sockets.allSatisfy { $0.receives.calls == 1 && $0.sends.bytes == 100 && $0.closedAt != nil })
    }

    @Test func sumsCountWithTheCalls() throws {
        var script = TraceScript()
        script.connect(at: 1, inode: 900, descriptor: 7)
        script.query(at: 10, inode: 900, goroutine: 20)
        script.sum(at: 1000, inode: 900, since: 20, calls: 101, sent: 990, received: 991)
        script.sum(at: 2000, inode: 900, since: 20, calls: 307, sent: 1990, received: 1991)
        let socket = try only(script)
        #expect(socket.receives.calls == 308 && socket.receives.summed == 307 && socket.receives.bytes == 308 * 200)
        #expect(socket.sends.calls == 308 && socket.sends.summed == 307 && socket.sends.bytes == 308 * 100)
        #expect(socket.receives.times.count == 1)
    }

    @Test func acceptedAndUnixSocketsHaveTheirEnds() {
        var script = TraceScript()
        script.accept(at: 1, inode: 900, result: 9)
        script.unixPath(at: 2, inode: 901, Array("/run/db".utf8))
        let sockets = ledger(script).all
        #expect(sockets.first?.isAccepted == true && sockets.first?.remote != nil)
        #expect(sockets.last?.endpoint?.description.contains("/run/db") == true && sockets.last?.family == 1)
    }

    /// What comes while the probes go is not whole, and the analysis leaves it out, too.
    @Test func whatIsLaterThanTheEndIsLeftOut() throws {
        var script = TraceScript()
        script.connect(at: 1, inode: 900, descriptor: 7)
        script.query(at: 10, inode: 900, goroutine: 20)
        script.end = TraceEnd(reason: "interrupted", endedAt: TraceScript.instant(100))
        script.query(at: 101, inode: 900, goroutine: 20)
        script.connect(at: 102, inode: 901, descriptor: 8)
        script.acquire(at: 103, goroutine: 20, connection: 0xc0, inode: 900, descriptor: 7)
        let socket = try only(script)
        #expect(socket.receives.calls == 1 && socket.leases == 0)
    }

    @Test func lossesAreTold() {
        var script = TraceScript()
        script.loss(from: 1, to: 2, kind: .socketIO, count: 17)
        script.loss(from: 2, to: 3, kind: nil, count: 2)
        #expect(ledger(script).lostCount == 19)
    }

    /// What two ways of counting say of the same records must be the same.
    @Test func theSocketsAddUpToTheEndpoints() throws {
        let script = TraceScript.leakingService()
        let sockets = ledger(script).all
        let analysis = script.analyzed()
        #expect(!analysis.endpoints.isEmpty)
        for endpoint in analysis.endpoints {
            let own = sockets.filter { $0.endpoint == endpoint.endpoint && $0.isAccepted == endpoint.isAccepting }
            #expect(own.reduce(0) { $0 + $1.receives.bytes } == endpoint.receivedBytes)
            #expect(own.reduce(0) { $0 + $1.sends.bytes } == endpoint.sentBytes)
            #expect(UInt64(own.count) == endpoint.sockets)
        }
        let leases = analysis.pools.map { $0.holds.count &+ $0.openLeases }.reduce(0, +)
        #expect(sockets.reduce(0) { $0 + $1.leases } == leases)
        #expect(sockets.reduce(0) { $0 + $1.openLeases } == UInt64(analysis.openLeases.count))
    }
}
