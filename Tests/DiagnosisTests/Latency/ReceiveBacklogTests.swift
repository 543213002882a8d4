// SPDX-License-Identifier: Apache-2.0
import Testing
import TraceModel
import TraceScripts

@Suite(.timeLimit(.minutes(15))) struct ReceiveBacklogTests {
    /// Answers that are read at once, and some that wait.
    private func read(_ count: Int, late: Int, waited: UInt16 = 30) -> TraceScript {
        var script = TraceScript()
        script.dial(at: 1, inode: 900, descriptor: 7, goroutine: 20, took: 1)
        for index in 0..<count {
            let at = 1000 + Double(index) * 50
            script.send(at: at, inode: 900, goroutine: 20)
            script.receive(at: at + 40, inode: 900, goroutine: 20, waited: index < late ? waited : 0)
        }
        return script
    }

    @Test func lateReadsAreFound() throws {
        let finding = try #require(read(101, late: 7).decided("receive-backlog").findings.first)
        #expect(finding.subject.description == "10.0.0.5:5432" && finding.severity == .warning && finding.count == 7)
        #expect(finding.number("receives") == .count(101))
        #expect(finding.number("late") == .count(7))
        #expect(finding.number("late_sending") == .count(0))
        #expect(finding.number("p50") == .duration(.milliseconds(30)))
        #expect(finding.number("longest") == .duration(.milliseconds(30)))
        #expect(finding.confidence.level == .high)
    }

    /// A proxy: what it has read it sends to a client that takes it slowly.
    private func copied(blocked: Double) -> TraceScript {
        var script = TraceScript()
        script.dial(at: 1, inode: 900, descriptor: 7, goroutine: 20, took: 1)
        for index in 0..<11 {
            let at = 1000 + Double(index) * 100
            script.receive(at: at, inode: 900, goroutine: 20, waited: 60)
            script.send(at: at + 1, inode: 901, goroutine: 20, bytes: -11)
            script.send(at: at + 1 + blocked, inode: 901, goroutine: 20)
        }
        return script
    }

    @Test func whoIsBlockedInASendLacksNothing() throws {
        let finding = try #require(copied(blocked: 80).decided("receive-backlog").findings.first)
        #expect(finding.severity == .note && finding.confidence.level == .medium)
        #expect(finding.number("late") == .count(11))
        #expect(finding.number("late_sending") == .count(10), "the first one followed no send")
        let busy = try #require(copied(blocked: 20).decided("receive-backlog").findings.first)
        #expect(busy.severity == .warning && busy.confidence.level == .high)
    }

    @Test func theyMustBeLateOftenAndMany() {
        #expect(read(101, late: 4).decided("receive-backlog").isClean)
        #expect(read(601, late: 6).decided("receive-backlog").isClean)
        #expect(read(101, late: 101, waited: 19).decided("receive-backlog").isClean)
    }

    @Test func whatAReceiveLeavesWaitsForTheNext() throws {
        var script = TraceScript()
        script.dial(at: 1, inode: 900, descriptor: 7, goroutine: 20, took: 1)
        for index in 0..<11 {
            script.receive(at: 1000 + Double(index) * 70, inode: 900, goroutine: 20, queued: index < 10 ? 4096 : 0)
        }
        let finding = try #require(script.decided("receive-backlog").findings.first)
        #expect(finding.count == 10, "the first one has waited for an unknown time")
        #expect(finding.number("most_queued") == .bytes(4096))
    }

    @Test func aDatagramSocketIsNamedByItsOwnAddress() throws {
        var script = TraceScript()
        script.open(at: 1, inode: 900, descriptor: 7, type: 2, protocolNumber: 17)
        script.datagramDrop(at: 2, inode: 900)
        for index in 0..<11 {
            script.receive(at: 1000 + Double(index) * 70, inode: 900, goroutine: 20, queued: 2304)
        }
        let finding = try #require(script.decided("receive-backlog").findings.first)
        #expect(finding.subject.description == "10.0.0.9:5353" && finding.count == 10)
        #expect(finding.number("late") == .count(10) && finding.number("receives") == .count(11))
    }

    @Test func theHolderOfALeaseIsNamed() throws {
        var script = TraceScript()
        script.site(1, "main.report", "report.go", 7)
        script.dial(at: 1, inode: 900, descriptor: 7, goroutine: 20, took: 1)
        for index in 0..<UInt64(11) {
            let at = 1000 + Double(index) * 100
            script.acquire(at: at, goroutine: 20, connection: 0xc0, inode: 900, descriptor: 7, site: 1)
            script.send(at: at + 1, inode: 900, goroutine: 20)
            script.receive(at: at + 60, inode: 900, goroutine: 20, waited: 50)
            script.release(at: at + 61, goroutine: 20, connection: 0xc0)
        }
        let finding = try #require(script.decided("receive-backlog").findings.first)
        #expect(finding.stack?.site?.function == "main.report")
        #expect(finding.advice.contains("main.report"))
    }

    /// A notice of the server, a session ticket: nobody was to read it while the connection was idle.
    @Test func whatCameWhileThePoolKeptTheConnectionDidNotWait() {
        var script = TraceScript()
        for index in 0..<UInt64(11) {
            let at = 1000 + Double(index) * 1000
            script.acquire(at: at, goroutine: 20, connection: 0xc0, inode: 900, descriptor: 7, site: 1)
            script.receive(at: at + 2, inode: 900, goroutine: 20, waited: 900)
            script.release(at: at + 3, goroutine: 20, connection: 0xc0)
            script.receive(at: at + 500, inode: 900, goroutine: 20, waited: 400)
        }
        #expect(script.decided("receive-backlog").isClean)
    }

    @Test func lossesLeaveItUndecided() throws {
        var script = read(101, late: 4)
        script.loss(from: 0, to: 50, kind: .socketIO, count: 5)
        #expect(
            script.decided("receive-backlog").reason?.kind == .recordsLost)
        script = read(101, late: 7)
        script.loss(from: 0, to: 50, kind: .socketIO, count: 5)
        #expect(try #require(script.decided("receive-backlog").findings.first).confidence.level == .unproven)
    }

    @Test func itNeedsReceives() {
        var script = read(101, late: 7)
        for index in script.plan.kernelProbes.indices {
            script.plan.kernelProbes[index].records.removeAll { $0 == "socket_io" }
        }
        #expect(script.decided("receive-backlog").reason?.kind == .notTraced)
    }
}
