// SPDX-License-Identifier: Apache-2.0
import Testing
import TraceModel
import TraceScripts

@Suite(.timeLimit(.minutes(15))) struct LeaseHogTests {
    /// `main.export` holds the one connection for `held` ms, three times; `main.cart` waits for it each time, and has
    /// 11 leases of 20 ms besides.
    private func script(held: Double = 2000, waits: Bool = true) -> TraceScript {
        var script = TraceScript()
        script.site(1, "main.export", "export.go", 5)
        script.site(2, "main.cart", "cart.go", 6)
        for index in 0..<UInt64(3) {
            let at = 1000 + Double(index) * 10_000
            script.acquire(at: at, goroutine: 5, connection: 0xc0, inode: 900, descriptor: 7, site: 1)
            if waits { script.begin(at: at + 100, goroutine: 6, site: 2) }
            script.release(at: at + held, goroutine: 5, connection: 0xc0)
            if waits {
                script.end(at: at + held + 1, goroutine: 6, connection: 0xc0, inode: 900, descriptor: 7)
                script.release(at: at + held + 21, goroutine: 6, connection: 0xc0)
            }
        }
        for index in 0..<UInt64(11) {
            let at = 40_000 + Double(index) * 100
            script.acquire(at: at, goroutine: 7, connection: 0xc0, inode: 900, descriptor: 7, site: 2)
            script.release(at: at + 20, goroutine: 7, connection: 0xc0)
        }
        return script
    }

    @Test func fewLongLeasesThatOthersWaitForAreFound() throws {
        let finding = try #require(script().decided("lease-hog").findings.first)
        #expect(finding.count == 3)
        #expect(finding.stack?.site?.function == "main.export")
        #expect(finding.waiters.compactMap { $0.stack?.site?.function } == ["main.cart"])
        #expect(finding.severity == .warning)
    }

    @Test func longLeasesThatNobodyWaitsForAreNot() {
        #expect(script(waits: false).decided("lease-hog").isClean)
    }

    @Test func leasesThatAreHardlyLongerAreNot() {
        #expect(script(held: 90).decided("lease-hog").isClean)
    }

    @Test func aSiteThatIsMerelyTheBusiestIsNot() {
        var script = TraceScript()
        script.site(1, "main.busy", "busy.go", 5)
        script.site(2, "main.rare", "rare.go", 6)
        for index in 0..<UInt64(50) {
            let at = 1000 + Double(index) * 100
            script.acquire(at: at, goroutine: 5, connection: 0xc0, site: 1, waited: 80)
            script.release(at: at + 90, goroutine: 5, connection: 0xc0)
        }
        for index in 0..<UInt64(9) {
            script.acquire(at: 9000 + Double(index) * 200, goroutine: 6, connection: 0xc0, site: 2, waited: 90)
            script.release(at: 9080 + Double(index) * 200, goroutine: 6, connection: 0xc0)
        }
        #expect(script.decided("lease-hog").isClean)
    }

    @Test func lossesAndGapsAreSaid() {
        var lossy = script()
        lossy.loss(from: 0, to: 50, kind: .poolRelease, count: 1)
        #expect(lossy.decided("lease-hog").findings.first?.confidence.level == .unproven)
        var quiet = script(waits: false)
        quiet.loss(from: 0, to: 50, kind: .poolRelease, count: 1)
        #expect(quiet.decided("lease-hog").reason != nil)
        var blind = script()
        blind.plan.points[2].mechanism = nil
        #expect(blind.decided("lease-hog").reason != nil)
        #expect(TraceScript().decided("lease-hog", after: 1).reason != nil)
    }
}
