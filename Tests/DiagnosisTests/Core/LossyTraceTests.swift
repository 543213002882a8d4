// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import Testing
import TraceModel
import TraceScripts

@testable import Diagnosis

/// What a long trace with losses leaves behind.
@Suite(.timeLimit(.minutes(15))) struct LossyTraceTests {
    /// A service that takes a connection in a new goroutine for each request, and dials one now and then. Each kind of
    /// record that ends something is lost at times, and the trace says so, with the kind or without.
    @Test(arguments: [(1, UInt16(0)), (2, RecordKind.poolRelease.rawValue)] as [(UInt64, UInt16)])
    func memoryIsThatOfWhatIsAlive(_ seed: UInt64, _ lostKind: UInt16) throws {
        var random = Random(state: seed)
        var correlator = Correlator(keepsEndedLeases: true)
        TraceScript().metadata.forEach { correlator.consume($0) }
        var most = Counts()
        var stack = Int32(PS_FIRST_OWN_STACK_ID)
        for round in 0..<UInt64(20) {
            for request in 0..<UInt64(1000) {
                let number = round * 1000 + request
                var script = TraceScript()
                let at = Double(number) * 10
                let inode = 1_000_000 + number
                let goroutine = 100 + number
                script.begin(at: at + 1, goroutine: goroutine, address: 0x9000 + number % 50 * 0x100)
                let isDialled = random.isLost(10)
                if isDialled {
                    script.lookup(at: at + 2, "db.internal", goroutine: goroutine, took: 1)
                    script.dial(
                        at: at + 2, inode: inode, descriptor: Int32(7 + number % 100), goroutine: goroutine, took: 1)
                }
                if random.isLost(5) {
                    for record in script.records { correlator.consume(record, ordinal: number) }
                    continue
                }
                let connection = 0xc000_0000 + number
                script.end(at: at + 4, goroutine: goroutine, connection: connection, inode: isDialled ? inode : 0)
                if isDialled { script.query(at: at + 5, inode: inode, goroutine: goroutine, took: 1) }
                if !random.isLost(2) {
                    script.release(at: at + 7, goroutine: goroutine, connection: connection)
                } else {
                    script.holder(at: at + 9, goroutine: goroutine, connection: connection, .ended, stack: stack)
                }
                if isDialled, !random.isLost(2) { script.socketClose(at: at + 8, inode: inode) }
                script.ownStack(at: at + 9, stack)
                stack += 1
                for record in script.records { correlator.consume(record, ordinal: number) }
                _ = correlator.takeEndedLeases()
            }
            let end = Double(round + 1) * 10_000
            var script = TraceScript()
            // Losses come to an end before the census begins; a tenth of the censuses lose something themselves.
            script.loss(from: end - 9990, to: end - 0.9, kind: RecordKind(rawValue: lostKind), count: 9)
            if round % 10 == 5 { script.loss(from: end - 0.85, to: end - 0.7, kind: nil, count: 1) }
            for inode in [900, 901] as [UInt64] {
                script.census(at: end - 0.8, index: UInt32(round), inode: inode, descriptor: 7)
            }
            script.censusEnd(at: end - 0.75, index: UInt32(round), started: end - 0.85, sockets: 2)
            for record in script.records { correlator.consume(record, ordinal: round) }
            most.note(correlator)
        }
        correlator.finish()
        // 20,000 requests; what is left of a round, and what is kept on purpose.
        #expect(most.sockets <= 300, "\(most)")
        #expect(most.births <= most.sockets)
        #expect(most.pending <= 51, "\(most)")
        #expect(most.leases <= 1024 + 1000, "\(most)")
        #expect(most.connections <= 65_536)
        #expect(most.stacks <= 65_536)
        let pool = try #require(correlator.analysis().pools.first)
        #expect(pool.missedAcquireEnds > 3000)
        #expect(pool.missedReleases > 6000)
        #expect(pool.stillWaiting <= 51)
        #expect(correlator.analysis().openSockets <= 300)
    }

    @Test func stacksOfHoldersAreThoseMetLast() {
        var stacks = StackTable()
        let first = Int32(PS_FIRST_OWN_STACK_ID)
        for number in 0..<Int32(200_000) {
            stacks.add([UInt64(number) + 1], id: first + number)
            stacks.use(first)
        }
        #expect(stacks.count <= StackTable.limit)
        #expect(stacks.resolve(stackID: first) != nil, "it was met all the time")
        #expect(stacks.resolve(stackID: first + 199_999) != nil)
        #expect(stacks.resolve(stackID: first + 10) == nil)
        for number in 0..<Int32(70_000) { stacks.add([1], id: number) }
        #expect(stacks.count <= 2 * StackTable.limit)
        #expect(stacks.unlisted == UInt64(70_000 - StackTable.limit))
    }

    /// A loss says nothing of the censuses after it.
    @Test func lossEndsWithItsWindow() {
        func openSockets(lossTo end: Double) -> UInt64 {
            var script = TraceScript()
            script.connect(at: 1, inode: 900, descriptor: 7)
            script.loss(from: 2, to: end, kind: nil, count: 3)
            script.censusEnd(at: 101, index: 1, started: 100, sockets: 0)
            return script.analyzed().openSockets
        }
        #expect(openSockets(lossTo: 50) == 0)
        #expect(openSockets(lossTo: 100.5) == 1)
    }

    @Test func acquireEndsWithItsGoroutine() throws {
        func pool(_ change: (inout TraceScript) -> Void) throws -> PoolSummary {
            var script = TraceScript()
            script.begin(at: 10, goroutine: 7, address: 0x9000)
            change(&script)
            script.acquire(at: 1000, goroutine: 9, connection: 0xc1)
            return try #require(script.analyzed().pools.first)
        }
        let alive = try pool { _ in }
        #expect(alive.stillWaiting == 1)
        #expect(alive.contention.reduce(.zero) { $0 + $1.time } > .milliseconds(980))
        // Another goroutine at its address: it has ended.
        let reused = try pool { script in
            script.begin(at: 20, goroutine: 8, address: 0x9000)
            script.end(at: 21, goroutine: 8, connection: 0xc8)
        }
        #expect(reused.stillWaiting == 0)
        #expect(reused.missedAcquireEnds == 1)
        #expect(reused.contention.reduce(.zero) { $0 + $1.time } < .milliseconds(12))
        // An audit finds that it has ended.
        let audited = try pool { $0.holder(at: 20, goroutine: 7, connection: 0xc7, .ended) }
        #expect(audited.stillWaiting == 0)
        #expect(audited.missedAcquireEnds == 1)
        // A goroutine that waits in one library for another is one.
        let nested = try pool { script in
            script.plan.points += script.plan.points.map { point in
                PlanPoint(
                    id: point.id + 10, adapterID: 1, role: point.role, function: point.function, address: point.address,
                    fileOffset: 0, instruction: "55", placement: "push", expectedCostNanoseconds: 900,
                    mechanism: "uprobe_multi")
            }
            script.begin(at: 20, goroutine: 7, pool: 0xe0, adapter: 1, address: 0x9000)
            script.end(at: 30, goroutine: 7, connection: 0xc7, adapter: 1)
            script.end(at: 40, goroutine: 7, connection: 0xc8)
            script.begin(at: 50, goroutine: 8, address: 0x9000)
            script.end(at: 51, goroutine: 8, connection: 0xc9)
        }
        #expect(nested.missedAcquireEnds == 0)
        #expect(nested.stillWaiting == 0)
    }

    private struct Counts: CustomStringConvertible {
        var (sockets, births, pending, leases, connections, stacks) = (0, 0, 0, 0, 0, 0)

        mutating func note(_ correlator: Correlator) {
            sockets = max(sockets, correlator.core.sockets.live.count)
            births = max(births, correlator.core.births.liveCount)
            pending = max(pending, correlator.core.pending.count)
            leases = max(leases, correlator.core.leases.openCount)
            connections = max(connections, correlator.core.connections.count)
            stacks = max(stacks, correlator.core.stacks.count)
        }

        var description: String {
            "sockets \(sockets), births \(births), pending \(pending), leases \(leases), connections \(connections), "
                + "stacks \(stacks)"
        }
    }

    /// A linear congruential generator, so that a failure can be repeated.
    private struct Random {
        var state: UInt64

        /// Once in `bound`.
        mutating func isLost(_ bound: UInt64) -> Bool {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return (state >> 33) % bound == 0
        }
    }
}
