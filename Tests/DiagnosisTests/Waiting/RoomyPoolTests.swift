// SPDX-License-Identifier: Apache-2.0
import Testing
import TraceModel
import TraceScripts

/// Acquires that take long for another reason than that all connections are out.
@Suite(.timeLimit(.minutes(15))) struct RoomyPoolTests {
    /// `count` acquires, one after the other, each of which checks its connection for `check` ms; `maximum` is the pool's.
    private func checks(_ count: UInt64, check: Double, maximum: Int64?) -> TraceScript {
        var script = TraceScript()
        if let maximum { script.poolState(at: 1, open: 1, idle: 1, maximum: maximum) }
        for index in 0..<count {
            let at = 100 + Double(index) * (check + 20)
            script.acquire(at: at + check, goroutine: 5, connection: 0xc0, waited: check)
            script.release(at: at + check + 10, goroutine: 5, connection: 0xc0)
        }
        return script
    }

    @Test func aCheckOnBorrowIsNoWait() throws {
        let finding = try #require(checks(40, check: 60, maximum: 10).decided("pool-wait").findings.first)
        #expect(finding.severity == .note && finding.confidence.level == .medium)
        #expect(finding.number("slow_with_room") == .count(39))
        #expect(finding.waiters.isEmpty)
        #expect(checks(40, check: 40, maximum: 10).decided("pool-wait").isClean)
    }

    @Test func withoutAMaximumItIsNotSaidWhy() throws {
        let finding = try #require(checks(40, check: 60, maximum: nil).decided("pool-wait").findings.first)
        #expect(finding.severity == .note && finding.confidence.level == .medium)
        #expect(finding.number("slow_with_room") == .count(39))
    }

    @Test func aPoolWithoutAMaximumIsNeverWaitedFor() throws {
        let finding = try #require(checks(40, check: 60, maximum: 0).decided("pool-wait").findings.first)
        #expect(finding.number("slow_with_room") == .count(finding.count))
    }

    /// Eleven ask at once, and another goroutine dials for each.
    @Test(arguments: [20, nil] as [Int64?]) func aColdStartIsClean(_ maximum: Int64?) {
        var script = TraceScript()
        if let maximum { script.poolState(at: 1, open: 0, idle: 0, maximum: maximum) }
        for index in 0..<UInt64(11) {
            script.begin(at: 100 + Double(index) / 100, goroutine: 10 + index)
        }
        for index in 0..<UInt64(11) {
            script.connect(at: 101, inode: 900 + index, descriptor: Int32(7 + index), goroutine: 50 + index)
            script.end(
                at: 200 + Double(index), goroutine: 10 + index, connection: 0xc0 + index, inode: 900 + index,
                descriptor: Int32(7 + index))
        }
        for index in 0..<UInt64(11) {
            script.release(at: 300, goroutine: 10 + index, connection: 0xc0 + index)
        }
        #expect(script.decided("pool-wait").isClean)
    }

    @Test func manyThatTheSchedulerDelaysAreNoWaits() {
        var script = TraceScript()
        script.poolState(at: 1, open: 8, idle: 8, maximum: 10)
        for index in 0..<UInt64(600) {
            let at = 100 + Double(index) * 10
            script.acquire(at: at, goroutine: 5, connection: 0xc0, waited: 1.2)
            script.release(at: at + 1, goroutine: 5, connection: 0xc0)
        }
        #expect(script.decided("pool-wait").isClean, "83 of 1.2 ms a second, and nobody has the other connections")
    }

    @Test func oneSlowAcquireOfTwentyIsNoHabit() {
        var script = checks(19, check: 0.01, maximum: 1)
        script.acquire(at: 5000, goroutine: 6, connection: 0xc0)
        script.acquire(at: 5201, goroutine: 7, connection: 0xc0, waited: 200)
        script.release(at: 5202, goroutine: 7, connection: 0xc0)
        #expect(script.decided("pool-wait").isClean)
    }

    /// All ten places are taken: eight leases, and two that dial.
    @Test func whoDialsHasAPlace() throws {
        var script = TraceScript()
        script.poolState(at: 1, open: 8, idle: 0, maximum: 10)
        for index in 0..<UInt64(8) { script.acquire(at: 2, goroutine: 10 + index, connection: 0xc0 + index) }
        for index in 0..<UInt64(2) {
            script.begin(at: 100, goroutine: 30 + index)
            script.connect(at: 101, inode: 900 + index, descriptor: Int32(7 + index), goroutine: 30 + index)
        }
        for index in 0..<UInt64(6) { script.begin(at: 110, goroutine: 40 + index) }
        for index in 0..<UInt64(2) {
            script.end(at: 200, goroutine: 30 + index, connection: 0xd0 + index, inode: 900 + index)
        }
        for index in 0..<UInt64(6) {
            script.release(at: 300, goroutine: 10 + index, connection: 0xc0 + index)
            script.end(at: 301, goroutine: 40 + index, connection: 0xc0 + index)
        }
        let finding = try #require(script.decided("pool-wait").findings.first)
        #expect(finding.confidence.level == .certain && finding.count == 6)
    }
}
