// SPDX-License-Identifier: Apache-2.0
import Diagnosis
import Testing
import TraceModel
import TraceScripts

@Suite(.timeLimit(.minutes(15))) struct FailedAcquireTests {
    /// Three cancelled at one site and one at another, one with another error of the same type, one past its deadline.
    private var script: TraceScript {
        var script = TraceScript()
        script.site(1, "main.report", "report.go", 17)
        script.site(2, "main.export", "export.go", 29)
        script.errorType(0x77, "*errors.errorString")
        script.errorType(0x9000, "context.Canceled")
        script.errorType(0x88, "context.deadlineExceededError")
        for (index, site) in [1, 1, 2, 1].enumerated() {
            let at = 100 * Double(index + 1)
            script.begin(at: at, goroutine: UInt64(5 + index), site: Int32(site))
            script.end(at: at + 30, goroutine: UInt64(5 + index), connection: 0, error: 0x77, value: 0x9000)
        }
        script.begin(at: 500, goroutine: 9, site: 1)
        script.end(at: 510, goroutine: 9, connection: 0, error: 0x77, value: 0x9010)
        script.begin(at: 600, goroutine: 9, site: 2)
        script.end(at: 610, goroutine: 9, connection: 0, error: 0x88, value: 0x9000_0000)
        return script
    }

    @Test func placeTimeAndReasonOfFailuresAreKept() throws {
        let pool = try #require(script.analyzed().pools.first)
        #expect(pool.failures == 6)
        let errors = pool.failuresByError
        #expect(
            errors.map(\.errorType) == ["context.Canceled", "*errors.errorString", "context.deadlineExceededError"])
        #expect(errors.map(\.cancellation) == [.cancelled, .unknown, .deadline])
        #expect(errors.map(\.count) == [4, 1, 1])
        let cancelled = try #require(errors.first)
        #expect(cancelled.sites.map { $0.stack?.site?.function } == ["main.report", "main.export"])
        #expect(cancelled.sites.map(\.count) == [3, 1])
        #expect(cancelled.sites.first?.first.timestamp == TraceScript.instant(130))
        #expect(cancelled.sites.first?.last.timestamp == TraceScript.instant(430))
        #expect(cancelled.sites.first?.lastHolder.goroutineID == 8)
    }

    @Test func eachFailureIsHandedOutOnce() throws {
        let script = script
        var correlator = Correlator(keepsEndedLeases: true)
        script.metadata.forEach { correlator.consume($0) }
        for (ordinal, record) in script.records.enumerated() { correlator.consume(record, ordinal: UInt64(ordinal)) }
        let failures = correlator.takeFailedAcquires()
        #expect(failures.map(\.cancellation) == [.cancelled, .cancelled, .cancelled, .cancelled, .unknown, .deadline])
        #expect(failures.map(\.holder.goroutineID) == [5, 6, 7, 8, 9, 9])
        #expect(failures.map(\.wait) == [30, 30, 30, 30, 10, 10].map { .milliseconds($0) })
        #expect(failures.map { $0.requested?.timestamp }.first == TraceScript.instant(100))
        #expect(failures[2].stack?.site?.function == "main.export")
        #expect(correlator.takeFailedAcquires().isEmpty)
    }

    @Test("Errors that are made anew each time, at sites without number: counts stay exact, tables small")
    func whatIsKeptOfFailuresIsBounded() throws {
        var script = TraceScript()
        script.errorType(0x77, "*net.OpError")
        for index in 0..<200 {
            let site = Int32(index % 50)
            script.begin(at: Double(index), goroutine: 5, site: site)
            script.end(
                at: Double(index) + 0.5, goroutine: 5, connection: 0, error: 0x77, value: 0xc000 + UInt64(index) * 16)
        }
        let pool = try #require(script.analyzed().pools.first)
        #expect(pool.failuresByError.map(\.errorType) == ["*net.OpError"])
        #expect(pool.failuresByError.map(\.count) == [200])
        let sites = try #require(pool.failuresByError.first?.sites)
        #expect(sites.count == 32)
        #expect(sites.reduce(0) { $0 + $1.count } == 200)
    }
}
