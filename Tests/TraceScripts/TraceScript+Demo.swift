// SPDX-License-Identifier: Apache-2.0
import TraceModel

extension TraceScript {
    /// A service with a pool of five connections: 23 leases, of which three leak at two call sites (two from `report`,
    /// one from `transfer`), while `checkout` waits. It ends after 30 seconds.
    public static func leakingService() -> TraceScript {
        var script = TraceScript()
        script.site(1, "main.(*server).report", "handlers.go", 42)
        script.site(2, "main.transfer", "transfer.go", 88)
        script.site(3, "main.checkout", "checkout.go", 17)
        script.clockPair(at: 0)
        for index in 0..<UInt64(5) {
            script.connect(at: 1 + Double(index), inode: 900 + index, descriptor: Int32(7 + index), goroutine: 1)
        }
        // Twenty leases that end, 40 ms each, on connections 0xc3 and 0xc4.
        for round in 0..<UInt64(20) {
            let at = 100 + Double(round) * 50
            let inode = 903 + round % 2
            script.acquire(
                at: at, goroutine: 20 + round, connection: 0xc0 + inode - 900, inode: inode,
                descriptor: Int32(inode - 893), site: 3)
            script.query(at: at + 1, inode: inode, goroutine: 20 + round, took: 38)
            script.release(at: at + 40, goroutine: 20 + round, connection: 0xc0 + inode - 900)
        }
        // Three that do not.
        for (index, site) in [Int32(1), 2, 1].enumerated() {
            let at = 2000 + Double(index) * 500
            let inode = UInt64(900 + index)
            script.acquire(
                at: at, goroutine: UInt64(50 + index), connection: 0xc0 + UInt64(index), inode: inode,
                descriptor: Int32(7 + index), site: site)
            script.query(at: at + 2, inode: inode, goroutine: UInt64(50 + index), took: 5)
            if index == 1 {
                // Waits in a channel that nobody sends to: seen there at five audits.
                let place = script.place(at: 9000, 1, "main.(*ledger).confirm", "ledger.go", 51)
                for at in stride(from: 9000.0, through: 29_000, by: 5000) {
                    script.holder(
                        at: at, goroutine: 51, connection: 0xc1, .exists, waitReason: 14, stack: place)
                }
            } else {
                script.holder(at: 29_000, goroutine: UInt64(50 + index), connection: 0xc0 + UInt64(index), .ended)
            }
        }
        script.poolState(at: 4000, open: 5, idle: 2, maximum: 5)
        // The two connections that are left are taken; others wait for them.
        for index in 0..<UInt64(2) {
            script.acquire(
                at: 28_000, goroutine: 60 + index, connection: 0xc3 + index, inode: 903 + index,
                descriptor: Int32(10 + index), site: 3)
            script.send(at: 28_001, inode: 903 + index, goroutine: 60 + index)
        }
        script.begin(at: 28_100, goroutine: 70, site: 3)
        script.begin(at: 28_200, goroutine: 71, site: 2)
        script.poolState(at: 29_500, open: 5, idle: 0, maximum: 5)
        script.end = TraceEnd(reason: "interrupted", endedAt: instant(30_000))
        return script
    }

    /// The same service after the fix: every lease is released.
    public static func healthyService() -> TraceScript {
        var script = TraceScript()
        script.site(3, "main.checkout", "checkout.go", 17)
        script.clockPair(at: 0)
        script.connect(at: 1, inode: 903, descriptor: 10, goroutine: 1)
        for round in 0..<UInt64(23) {
            let at = 100 + Double(round) * 50
            script.acquire(at: at, goroutine: 20 + round, connection: 0xc3, inode: 903, descriptor: 10, site: 3)
            script.query(at: at + 1, inode: 903, goroutine: 20 + round, took: 38)
            script.release(at: at + 40, goroutine: 20 + round, connection: 0xc3)
        }
        script.poolState(at: 4000, open: 1, idle: 1, maximum: 5)
        script.end = TraceEnd(reason: "interrupted", endedAt: instant(30_000))
        return script
    }
}
