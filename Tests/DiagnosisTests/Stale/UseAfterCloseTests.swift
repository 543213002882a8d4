// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import Diagnosis
import Testing
import TraceModel
import TraceScripts

@Suite(.timeLimit(.minutes(15))) struct UseAfterCloseTests {
    /// So many leases, each with a request that is answered, from the 100th millisecond on.
    private func leased(_ count: Int = 3) -> TraceScript {
        var script = TraceScript()
        script.site(1, "main.checkout", "checkout.go", 8)
        for index in 0..<count {
            let inode = 900 + UInt64(index)
            script.connect(at: 1, inode: inode, descriptor: Int32(7 + index), goroutine: 1)
            script.acquire(
                at: 100, goroutine: 20 + UInt64(index), connection: 0xc0 + UInt64(index), inode: inode,
                descriptor: Int32(7 + index))
            script.query(at: 110, inode: inode, goroutine: 20 + UInt64(index))
        }
        return script
    }

    private func close(
        _ script: inout TraceScript, at: Double = 200, count: Int = 3, by goroutine: (Int) -> UInt64 = { _ in 9 },
        state: UInt16 = 1
    ) {
        for index in 0..<count {
            script.socketClose(
                at: at + Double(index), inode: 900 + UInt64(index), goroutine: goroutine(index), state: state)
        }
    }

    private func release(_ script: inout TraceScript, at: Double, count: Int = 3) {
        for index in 0..<count {
            script.release(at: at, goroutine: 20 + UInt64(index), connection: 0xc0 + UInt64(index))
        }
    }

    /// The pool is used once more.
    private func goOn(_ script: inout TraceScript, at: Double = 400) {
        script.connect(at: at, inode: 990, descriptor: 40, goroutine: 5)
        script.acquire(at: at + 2, goroutine: 5, connection: 0xd9, inode: 990, descriptor: 40)
        script.query(at: at + 3, inode: 990, goroutine: 5)
        script.release(at: at + 5, goroutine: 5, connection: 0xd9)
    }

    @Test func closesOfWhatOthersLeasedAreFound() throws {
        var script = leased()
        close(&script)
        release(&script, at: 300)
        goOn(&script)
        let finding = try #require(script.decided("use-after-close").findings.first)
        #expect(finding.subject.description == "database/sql #1")
        #expect(finding.count == 3)
        #expect(finding.confidence.level == .high)
        #expect(finding.stack?.site?.function == "main.checkout")
        #expect(finding.number("leases") == .count(3))
        #expect(finding.number("closers") == .count(1))
        #expect(finding.evidence.first?.events.prefix(2).map(\.kind) == [.socketClose, .poolAcquireEnd])
    }

    @Test func whoGivesUpARequestIsNot() {
        var asking = leased()
        for index in 0..<3 {
            asking.send(at: 150, inode: 900 + UInt64(index), goroutine: 20 + UInt64(index))
        }
        close(&asking)
        goOn(&asking)
        #expect(asking.decided("use-after-close").isClean, "a request is out")
        var watchers = leased()
        close(&watchers, by: { 60 + UInt64($0) })
        goOn(&watchers)
        #expect(watchers.decided("use-after-close").isClean, "each is closed by a goroutine of its own")
    }

    @Test func theFarewellOfWhoClosesIsNoRequest() throws {
        // The alert that ends a TLS session, by the goroutine that closes.
        var script = leased()
        for index in 0..<3 {
            script.send(at: 200 + Double(index) - 0.1, inode: 900 + UInt64(index), goroutine: 9, bytes: 24)
        }
        close(&script)
        goOn(&script)
        #expect(script.decided("use-after-close").findings.first?.count == 3)
        var holders = leased()
        for index in 0..<3 {
            let inode = 900 + UInt64(index)
            holders.send(at: 190, inode: inode, goroutine: 20 + UInt64(index), bytes: 30)
            holders.send(at: 200 + Double(index) - 0.1, inode: inode, goroutine: 9, bytes: 24)
        }
        close(&holders)
        goOn(&holders)
        #expect(holders.decided("use-after-close").isClean, "a request of the holder is out")
    }

    @Test func holdersPeersAndShutdownAreNot() {
        var holders = leased()
        close(&holders, by: { 20 + UInt64($0) })
        goOn(&holders)
        #expect(holders.decided("use-after-close").isClean)
        var peers = leased()
        close(&peers, state: 8)
        goOn(&peers)
        #expect(peers.decided("use-after-close").isClean, "the peer has closed before")
        var shutdown = leased()
        close(&shutdown)
        #expect(shutdown.decided("use-after-close").isClean, "nobody uses the pool any more")
        var released = leased()
        release(&released, at: 150)
        close(&released)
        goOn(&released)
        #expect(released.decided("use-after-close").isClean)
    }

    @Test func poolThatClosesWhatIsLeasedIsFound() throws {
        var script = leased(1)
        script.connectionClose(at: 200, connection: 0xc0, goroutine: 9)
        script.socketClose(at: 200.1, inode: 900, goroutine: 9, state: 1)
        #expect(script.decided("use-after-close").isClean, "the holder may be done with it")
        release(&script, at: 300, count: 1)
        let finding = try #require(script.decided("use-after-close").findings.first)
        #expect(finding.confidence.level == .certain)
        #expect(finding.number("after_close") == .duration(.milliseconds(100)))
        #expect(finding.evidence.first?.events.map(\.kind) == [.poolConnectionClose, .poolRelease])
        script.plan.pools[0].traits = PoolTraits(closesToCancel: true)
        #expect(script.decided("use-after-close").isClean, "the library gives up requests so")
    }

    /// Leases one connection again, whose descriptor the walk finds to be `descriptor`.
    private func borrow(_ script: inout TraceScript, inode: UInt64 = 0, isUsed: Bool = false) {
        script.begin(at: 499, goroutine: 30)
        var record = ps_pool_acquire_end()
        record.header = TraceScript.header(.poolAcquireEnd, at: 500, goroutine: 30)
        record.connection = 0xc0
        record.socket_inode = inode
        record.descriptor = -1
        record.walk_status = (inode == 0 ? ps_walk_status.not_socket : ps_walk_status.socket).rawValue
        record.point_id = TraceScript.point(2, adapter: 0)
        script.add(.poolAcquireEnd(record))
        if isUsed { script.query(at: 510, inode: 995, goroutine: 30) }
        script.release(at: 520, goroutine: 30, connection: 0xc0)
    }

    @Test func closedConnectionThatIsHandedOutIsFound() throws {
        var script = leased()
        release(&script, at: 150)
        close(&script)
        borrow(&script)
        let finding = try #require(script.decided("use-after-close").findings.first)
        #expect(finding.count == 1)
        #expect(finding.confidence.level == .certain)
        #expect(finding.number("leases") == .count(1))
        #expect(finding.number("closers") == .count(1))
        #expect(finding.number("after_close") == .duration(.milliseconds(300)))
    }

    @Test func connectionThatIsMadeAnewIsNot() {
        for change in [
            { (script: inout TraceScript) in borrow(&script, isUsed: true) },
            { script in
                script.connect(at: 480, inode: 995, descriptor: 12)
                borrow(&script, inode: 995)
            },
            { script in
                // The pool says that it closes it: what lies at the same address later is another.
                script.connectionClose(at: 190, connection: 0xc0, goroutine: 9)
                borrow(&script)
            },
        ] {
            var script = leased()
            release(&script, at: 150)
            close(&script)
            change(&script)
            #expect(script.decided("use-after-close").isClean)
        }
    }

    @Test func itNeedsPoolsClosesAndAllRecords() {
        #expect(TraceScript().decided("use-after-close").reason?.kind == .nothingThere)
        var blind = leased()
        blind.plan.kernelProbes[0].records.removeAll { $0 == "socket_close" }
        #expect(blind.decided("use-after-close").reason?.kind == .notTraced)
        var lossy = leased()
        lossy.loss(from: 0, to: 50, kind: .socketClose, count: 1)
        #expect(lossy.decided("use-after-close").reason?.kind == .recordsLost)
        close(&lossy)
        goOn(&lossy)
        lossy.loss(from: 0, to: 50, kind: .poolRelease, count: 1)
        #expect(lossy.decided("use-after-close").findings.first?.confidence.level == .unproven)
    }
}
