// SPDX-License-Identifier: Apache-2.0
import Diagnosis
import Testing
import TraceModel
import TraceScripts

/// Connections that the server accepts and then turns away.
@Suite(.timeLimit(.minutes(15))) struct EndedStartUpTests {
    private static let error: UInt64 = 0x77

    /// Acquires that dial, send their greeting, get an answer, close, and fail: one each second.
    ///
    /// - Parameters:
    ///   - dialler: Another goroutine that dials for them all.
    ///   - leaves: How long after the answer the connection is closed, and the acquire fails 0.1 ms later.
    ///   - change: What else happens on the connection, before it is closed.
    private func turnedAway(
        _ count: UInt64, from start: Double = 1000, dialler: UInt64? = nil, leaves: Double = 0.2,
        error: UInt64 = error, value: UInt64 = 0, descriptor: Int32 = 7,
        _ change: (inout TraceScript, _ inode: UInt64, _ at: Double) -> Void = { _, _, _ in }
    ) -> TraceScript {
        var script = TraceScript()
        script.site(1, "main.cart", "cart.go", 17)
        script.errorType(Self.error, "*pq.Error")
        script.errorType(0x88, "context.deadlineExceededError")
        script.errorType(0x9000, "context.Canceled")
        for index in 0..<count {
            let (at, goroutine) = (start + Double(index) * 1000, 20 + index)
            let inode = 900 + index
            script.begin(at: at, goroutine: goroutine)
            script.dial(at: at + 1, inode: inode, descriptor: descriptor, goroutine: dialler ?? goroutine, took: 1)
            script.query(at: at + 3, inode: inode, goroutine: dialler ?? goroutine, took: 2)
            change(&script, inode, at + 5)
            script.socketClose(at: at + 5 + leaves, inode: inode)
            script.end(
                at: at + 5.1 + leaves, goroutine: goroutine, connection: 0, error: error, value: value)
        }
        return script
    }

    @Test func connectionsThatAreTurnedAwayAreFound() throws {
        let script = turnedAway(3)
        let finding = try #require(script.decided("connect-failing").findings.first)
        #expect(finding.subject.description == "10.0.0.5:5432")
        #expect(finding.count == 3)
        #expect(finding.severity == .warning)
        #expect(finding.confidence.level == .high)
        #expect(finding.stack?.site?.function == "main.cart")
        #expect(finding.number("ended_in_start_up") == .count(3))
        #expect(finding.number("new_connections") == .count(3))
        #expect(finding.number("leased") == .count(0))
        #expect(finding.evidence.first?.events.count == 4, "the last words and the error, of the first and the last")
        #expect(finding.firstSeen == TraceScript.instant(1005.3))
        #expect(finding.lastSeen == TraceScript.instant(3005.3))
    }

    @Test func twoAreNot() { #expect(turnedAway(2).decided("connect-failing").isClean) }

    @Test("Of a connection that another goroutine dials, the time tells and what is known of the pool")
    func othersMayDial() throws {
        let finding = try #require(turnedAway(3, dialler: 70).decided("connect-failing").findings.first)
        #expect(finding.count == 3)
    }

    @Test("Two servers at one time, and nothing known of the pool: whose connection it was is not known")
    func whatIsInDoubtIsNotCounted() {
        let script = turnedAway(5, dialler: 70) { script, inode, at in
            script.connect(at: at - 3, inode: inode + 50, descriptor: 8, goroutine: 71, port: 5433)
            script.query(at: at - 2, inode: inode + 50, goroutine: 71, took: 1)
            script.socketClose(at: at, inode: inode + 50)
        }
        #expect(script.decided("connect-failing").isClean)
    }

    @Test func whatTheCallerGivesUpIsNotCounted() {
        #expect(turnedAway(5, error: 0x88).decided("connect-failing").isClean)
        #expect(turnedAway(5, error: 0x76, value: 0x9000).decided("connect-failing").isClean)
    }

    @Test("What was given up after that is neither evidence nor the last word")
    func whatTheCallerGivesUpLaterIsNotCited() throws {
        var script = turnedAway(3)
        script.begin(at: 9000, goroutine: 30)
        script.dial(at: 9001, inode: 990, descriptor: 8, goroutine: 30, took: 1)
        script.query(at: 9003, inode: 990, goroutine: 30, took: 1)
        script.end(at: 9006, goroutine: 30, connection: 0xc9, inode: 990, descriptor: 8)
        for record in turnedAway(1, from: 10_000, error: 0x88).records.dropFirst() { script.add(record) }
        let finding = try #require(script.decided("connect-failing").findings.first)
        #expect(finding.count == 3)
        #expect(finding.lastSeen == TraceScript.instant(3005.3))
        #expect(finding.severity == .note, "the last one that counts was leased")
    }

    @Test func aCloseInsteadOfWaitingForAnAnswerIsNotCounted() {
        let script = turnedAway(5, leaves: 50) { $0.send(at: $2 + 1, inode: $1, goroutine: 20) }
        #expect(script.decided("connect-failing").isClean)
    }

    @Test func aFarewellIsNoRequest() throws {
        let script = turnedAway(5) { $0.send(at: $2 + 0.1, inode: $1, goroutine: 20, bytes: 31) }
        #expect(try #require(script.decided("connect-failing").findings.first).count == 5)
    }

    @Test func aServerThatSaysNothingIsNotCounted() {
        var script = TraceScript()
        for index in 0..<UInt64(5) {
            let at = 1000 + Double(index) * 1000
            script.begin(at: at, goroutine: 20)
            script.dial(at: at + 1, inode: 900 + index, descriptor: 7, goroutine: 20, took: 1)
            script.send(at: at + 3, inode: 900 + index, goroutine: 20)
            script.socketClose(at: at + 5, inode: 900 + index)
            script.end(at: at + 6, goroutine: 20, connection: 0)
        }
        #expect(script.decided("connect-failing").isClean)
    }

    @Test func anIdleConnectionThatIsClosedIsNotCounted() {
        #expect(turnedAway(5, dialler: 70, leaves: 900).decided("connect-failing").findings.count == 1)
        #expect(turnedAway(5, dialler: 70, leaves: 990 + 20).decided("connect-failing").isClean)
    }

    @Test func aConnectionThatWasLeasedIsNotCounted() {
        var script = TraceScript()
        for index in 0..<UInt64(5) {
            let at = 1000 + Double(index) * 1000
            script.begin(at: at, goroutine: 20)
            script.dial(at: at + 1, inode: 900 + index, descriptor: 7, goroutine: 20, took: 1)
            script.query(at: at + 3, inode: 900 + index, goroutine: 20, took: 2)
            script.end(at: at + 6, goroutine: 20, connection: 0xc0 + index, inode: 900 + index, descriptor: 7)
            script.begin(at: at + 7, goroutine: 21)
            script.query(at: at + 8, inode: 900 + index, goroutine: 20, took: 2)
            script.socketClose(at: at + 11, inode: 900 + index)
            script.release(at: at + 12, goroutine: 20, connection: 0xc0 + index)
            script.end(at: at + 13, goroutine: 21, connection: 0)
        }
        #expect(script.decided("connect-failing").isClean)
    }

    @Test func whatHasRecoveredIsANote() throws {
        var script = turnedAway(3)
        script.begin(at: 9000, goroutine: 30)
        script.dial(at: 9001, inode: 990, descriptor: 7, goroutine: 30, took: 1)
        script.query(at: 9003, inode: 990, goroutine: 30, took: 1)
        script.end(at: 9006, goroutine: 30, connection: 0xc9, inode: 990, descriptor: 7)
        let finding = try #require(script.decided("connect-failing").findings.first)
        #expect(finding.severity == .note)
        #expect(finding.number("ended_in_start_up") == .count(3))
        #expect(finding.number("new_connections") == .count(4))
        #expect(finding.number("leased") == .count(1))
    }

    @Test func lostRecordsAreSaid() {
        var script = turnedAway(2)
        script.loss(from: 100, to: 200, kind: .poolAcquireEnd, count: 3)
        #expect(
            script.decided("connect-failing").caveats.map(\.kind) == [.recordsLost])
    }
}
