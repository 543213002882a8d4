// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import TraceModel
import TraceScripts

extension TraceScript {
    /// Traces that together bring every result that a report has.
    static func everything() -> [TraceScript] {
        [lossyLeaks(), names(), peersAndSums(), .healthyService(), failures(), roomyPool(), cutOff()]
    }

    /// More sockets in CLOSE_WAIT than a report lists.
    private static func cutOff() -> TraceScript {
        var script = TraceScript()
        for index in 0..<UInt64(263) {
            let at = 10 + Double(index) * 0.01
            script.connect(at: at, inode: 1000 + index, descriptor: 7)
            script.state(at: at + 1, inode: 1000 + index, from: 1, to: 8)
            script.socketClose(at: at + 40_000, inode: 1000 + index)
        }
        return script
    }

    private static func lossyLeaks() -> TraceScript {
        var script = TraceScript.leakingService()
        script.loss(from: 9000, to: 10_000, kind: .poolRelease, count: 14)
        script.lookup(at: 10, "db.internal", goroutine: 1, took: 4)
        script.plan.runtimeCalls = [PlannedRuntimeCall(name: "name look-ups", record: "name_lookup")]
        script.receive(at: 29_000, inode: 904, goroutine: 1, bytes: -11)
        script.census(at: 29_000, index: 1, inode: 900, descriptor: 7) { record in
            record.send_queue_bytes = 4096
            record.timer = ps_socket_timer.zero_window.rawValue
        }
        script.exec(at: 29_900, "/usr/bin/other")
        script.fork(at: 29_800, child: 4711)
        return script
    }

    /// What was asked of a name server, and new connections with all their parts.
    private static func names() -> TraceScript {
        var script = TraceScript()
        script.traceLookups()
        script.traceHandshakes()
        script.name(.send, at: 10, inode: 800, message(1, "db.internal"))
        script.name(.receive, at: 12, inode: 800, message(1, "db.internal", answers: [[10, 0, 0, 5]]))
        script.name(.send, at: 20, inode: 800, message(2, "db.internal"))
        script.lookup(at: 98, "db.internal", goroutine: 1, took: 4)
        script.begin(at: 97, goroutine: 1, site: 1)
        script.dial(at: 100, inode: 900, descriptor: 7, goroutine: 1, took: 3)
        script.handshake(at: 110, inode: 900, goroutine: 1, took: 5)
        script.query(at: 112, inode: 900, goroutine: 1)
        script.end(at: 120, goroutine: 1, connection: 0xc0, inode: 900, descriptor: 7)
        script.release(at: 130, goroutine: 1, connection: 0xc0)
        return script
    }

    private static func peersAndSums() -> TraceScript {
        var script = TraceScript()
        script.connect(at: 1, inode: 900, descriptor: 7)
        script.detail(at: 20, inode: 900, rate: 150_000, limit: 100_000)
        script.sum(at: 1000, inode: 900, since: 20, calls: 101, sent: 990, received: 991, answered: 101)
        script.open(at: 1, inode: 910, descriptor: 8, type: 2, protocolNumber: 17)
        script.peer(.send, at: 10, inode: 910, host: 7)
        script.send(at: 11, inode: 910, goroutine: 20)
        script.peer(.receive, at: 12, inode: 910, host: 9)
        script.receive(at: 13, inode: 910, goroutine: 20)
        return script
    }

    private static func failures() -> TraceScript {
        var script = TraceScript()
        script.errorType(0x9000, "context.Canceled")
        for index in UInt64(1)...3 {
            let at = Double(index) * 100
            script.begin(at: at, goroutine: index, site: 1)
            script.end(at: at + 50, goroutine: index, connection: 0, error: 0x9000)
        }
        return script
    }

    /// `count` leases of 100 ms, one asked for every 20 ms: a pool of ten is advised to be smaller.
    private static func roomyPool(_ count: UInt64 = 211) -> TraceScript {
        var script = TraceScript()
        script.poolState(at: 1, open: 10, idle: 10, maximum: 10)
        for index in 0..<count {
            let at = 1000 + Double(index) * 20
            script.acquire(at: at, goroutine: 10 + index, connection: 0x100 + index % 10, waited: 0.000001)
            script.release(at: at + 100, goroutine: 10 + index, connection: 0x100 + index % 10)
        }
        return script
    }
}
