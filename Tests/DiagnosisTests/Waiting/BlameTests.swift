// SPDX-License-Identifier: Apache-2.0
@testable import Diagnosis
import Testing
import TraceModel
import TraceScripts

@Suite(.timeLimit(.minutes(15))) struct BlameTests {
    /// `main.export` has two of three connections from 1 s to 4 s, `main.cart` one from 2 s on; `main.login` waits from
    /// 1 s to 4 s, and from 4.5 s on without end.
    private func script() -> TraceScript {
        var script = TraceScript()
        script.site(1, "main.export", "export.go", 5)
        script.site(2, "main.cart", "cart.go", 6)
        script.site(3, "main.login", "login.go", 7)
        script.poolState(at: 1, open: 3, idle: 3, maximum: 3)
        script.acquire(at: 1000, goroutine: 5, connection: 0xc0, site: 1)
        script.acquire(at: 1000, goroutine: 6, connection: 0xc1, site: 1)
        script.begin(at: 1000, goroutine: 8, site: 3)
        script.acquire(at: 2000, goroutine: 7, connection: 0xc2, site: 2)
        script.release(at: 4000, goroutine: 5, connection: 0xc0)
        script.release(at: 4000, goroutine: 6, connection: 0xc1)
        script.end(at: 4000, goroutine: 8, connection: 0)
        script.begin(at: 4500, goroutine: 9, site: 3)
        return script
    }

    private func times(_ pool: PoolSummary) -> [String: Duration] {
        Dictionary(
            pool.blames.map { ("\($0.waiter?.site?.function ?? "-") <- \($0.holder?.site?.function ?? "-")", $0.time) },
            uniquingKeysWith: +)
    }

    @Test func momentsOfAWaitAreDividedAmongTheOpenLeases() throws {
        let pool = try #require(script().analysis(after: 5).pools.first)
        // 1 s with export alone, then 2 s of which it had two thirds; then 0.5 s of cart alone.
        #expect(
            times(pool) == [
                "main.login <- main.export": .nanoseconds(2_333_333_333),
                "main.login <- main.cart": .nanoseconds(666_666_666 + 500_000_000),
            ])
        let sum = pool.blames.reduce(Duration.zero) { $0 + $1.time }
        #expect(sum <= .milliseconds(3500) && sum > .milliseconds(3499), "the time waited")
    }

    @Test func findingsSayWhoWaitedForWhom() throws {
        // One wait met a full pool.
        var thresholds = Thresholds()
        thresholds[PoolWaitRule.waits] = 1
        for rule in ["pool-wait", "pool-exhausted"] {
            let finding = try #require(script().decided(rule, after: 5, thresholds).findings.first)
            let waited = try #require(finding.duration("waited_for_holders"))
            #expect(waited > .milliseconds(3480) && waited < .milliseconds(3510))
        }
    }

    @Test func dialsAreNotBlamed() throws {
        var script = TraceScript()
        script.site(1, "main.export", "export.go", 5)
        script.acquire(at: 1000, goroutine: 5, connection: 0xc0, site: 1)
        script.begin(at: 1100, goroutine: 6, site: 1)
        script.connect(at: 1150, inode: 900, descriptor: 7, goroutine: 6)
        script.end(at: 1900, goroutine: 6, connection: 0xc1)
        #expect(try #require(script.analysis().pools.first).blames.isEmpty)
    }
}
