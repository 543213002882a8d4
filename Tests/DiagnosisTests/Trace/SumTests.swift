// SPDX-License-Identifier: Apache-2.0
import Testing
import TraceModel
import TraceScripts

@Suite(.timeLimit(.minutes(15))) struct SumTests {
    @Test func sumsAreCountedOnce() throws {
        var script = TraceScript()
        script.dial(at: 1, inode: 900, descriptor: 7, goroutine: 20, took: 1)
        script.query(at: 10, inode: 900, goroutine: 20)
        script.detail(at: 20, inode: 900, rate: 150_000, limit: 100_000)
        script.sum(at: 1000, inode: 900, since: 20, calls: 101, sent: 990, received: 991, answered: 101)
        script.sum(at: 2000, inode: 900, since: 20, calls: 307, sent: 1990, received: 1991, answered: 307)
        script.sum(at: 3000, inode: 900, since: 20, calls: 307, sent: 1990, received: 1991, answered: 307)
        let analysis = script.analyzed()
        let endpoint = try #require(analysis.endpoints.first)
        #expect(endpoint.receivedBytes == 308 * 200 && endpoint.sentBytes == 308 * 100)
        let summed = try #require(analysis.summed)
        #expect(summed.calls == 614 && summed.sockets == 1)
        #expect(summed.reason?.callsPerSecond == 150_000 && summed.reason?.callLimit == 100_000)
        #expect(summed.reason?.isForCalls == true, "also where a trace from before does not say so")
        #expect(summed.reason?.isForCost == false && summed.reason?.costShare == nil)
        #expect(summed.last.timestamp == TraceScript.instant(2000), "the third brought nothing")
        let calls = try #require(analysis.summedCalls.first)
        #expect(calls.endpoint?.description == "10.0.0.5:5432" && calls.receives == 307 && calls.sends == 307)
        #expect(calls.answers.reduce(0, +) == 307)
        #expect(calls.answerTime(percentile: 99) == .nanoseconds(4096))
        #expect(analysis.lost([.socketIO], since: analysis.startedAt) == 614)
        #expect(analysis.lost([.socketIO], since: TraceScript.instant(2001)) == 0)
        #expect(analysis.lost([.socketIO], since: analysis.startedAt, withSums: false) == 0)
        #expect(analysis.lost([.socketOpen], since: analysis.startedAt) == 0)
    }

    @Test func whatWasMeasuredIsTold() throws {
        var script = TraceScript()
        script.detail(at: 20, inode: 900, rate: 30_000, limit: 100_000, cost: 56, of: 400, costLimit: 10)
        script.detail(at: 30, inode: 901, rate: 40_000, limit: 100_000, cost: 99, of: 400, costLimit: 10)
        script.sum(at: 1000, inode: 900, since: 20, calls: 101, sent: 990, received: 991)
        let reason = try #require(script.analyzed().summed?.reason)
        #expect(reason.isForCost && !reason.isForCalls)
        #expect(reason.costShare == 0.14 && reason.costLimit == 0.1, "of the first change")
    }

    @Test func aSocketOfTheSameInodeStartsAnew() throws {
        var script = TraceScript()
        for (index, calls) in [UInt64(101), 11].enumerated() {
            let at = 1000 * Double(index + 1)
            script.dial(at: at, inode: 900, descriptor: 7, goroutine: 20, took: 1)
            script.sum(at: at + 500, inode: 900, since: at, calls: calls, sent: at + 490, received: at + 491)
            script.socketClose(at: at + 501, inode: 900)
        }
        let summed = try #require(script.analyzed().summed)
        #expect(summed.calls == 224 && summed.sockets == 2 && summed.since == nil)
    }

    @Test func numbersThatShrinkAreNotTaken() {
        var script = TraceScript()
        script.sum(at: 1000, inode: 900, calls: 101, sent: 990, received: 991)
        script.sum(at: 2000, inode: 900, calls: 100, sent: 1990, received: 1991)
        #expect(script.analyzed().summed?.calls == 202)
    }

    /// The sums tell when the connection was used last, and so a lease is a leak or not as with each call recorded.
    @Test func aLeaseIsInUseWhileItsSumsGrow() throws {
        var script = TraceScript()
        script.acquire(at: 1000, goroutine: 20, connection: 0xc0, inode: 900, descriptor: 7, site: 1)
        script.sum(at: 5000, inode: 900, calls: 7, sent: 4990, received: 4991)
        var lease = try #require(script.analyzed().openLeases.first)
        #expect(lease.lastActivity?.timestamp == TraceScript.instant(4991))
        #expect(lease.awaitingAnswerSince == nil)
        script.sum(at: 9000, inode: 900, calls: 8, sent: 8990, received: 8000)
        lease = try #require(script.analyzed().openLeases.first)
        #expect(lease.lastActivity?.timestamp == TraceScript.instant(8990))
        #expect(lease.awaitingAnswerSince == TraceScript.instant(8990))
    }

    @Test func whatWasBeforeTheLeaseIsNotItsUse() throws {
        var script = TraceScript()
        script.acquire(at: 5000, goroutine: 20, connection: 0xc0, inode: 900, descriptor: 7, site: 1)
        script.sum(at: 9000, inode: 900, calls: 7, sent: 4990, received: 4991)
        #expect(try #require(script.analyzed().openLeases.first).lastActivity == nil)
    }
}
