// SPDX-License-Identifier: Apache-2.0
import Reports
import Testing
import TraceModel
import TraceScripts

@Suite(.timeLimit(.minutes(15))) struct PoolTextTests {
    /// Four leases on three connections: returned, closed after an error, closed in use, and one whose end was lost.
    @Test func whatBecameOfLeasesAndAcquires() throws {
        var script = TraceScript()
        script.site(1, "main.checkout", "checkout.go", 17)
        script.errorType(0x77, "context.deadlineExceededError")
        script.connect(at: 5, inode: 900, descriptor: 7, goroutine: 2)
        script.acquire(at: 10, goroutine: 5, connection: 0xc0, inode: 900, descriptor: 7)
        script.release(at: 20, goroutine: 5, connection: 0xc0)
        script.acquire(at: 30, goroutine: 5, connection: 0xc0, inode: 900, descriptor: 7)
        script.release(at: 40, goroutine: 5, connection: 0xc0, error: 0x88)
        script.connectionClose(at: 40.1, connection: 0xc0, goroutine: 5)
        script.acquire(at: 50, goroutine: 5, connection: 0xc1)
        script.connectionClose(at: 60, connection: 0xc1, goroutine: 5)
        script.acquire(at: 70, goroutine: 5, connection: 0xc2)
        script.acquire(at: 80, goroutine: 6, connection: 0xc2)
        script.begin(at: 90, goroutine: 7)
        script.end(at: 120, goroutine: 7, connection: 0)
        let text = TextRenderer().render(report(script), RenderOptions())
        let flat = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        #expect(flat.contains("1 acquire failed after p50 30 ms, p99 30 ms (context.deadlineExceededError 1)"))
        #expect(
            flat.contains("deadline passed 1 at main.checkout checkout.go:17, at +0.120 s, last goroutine 7"), "\(flat)"
        )
        #expect(flat.contains("5 leases on 3 connections (1.7 each, 1 opened in the trace)"))
        #expect(!flat.contains("its own count"), "it was not read")
        #expect(flat.contains("1 returned, 1 closed with error, 1 closed in use, 1 ended unseen"))
    }

    @Test func differencesFromThePoolsOwnCount() throws {
        var script = TraceScript()
        script.site(1, "main.checkout", "checkout.go", 17)
        script.connect(at: 5, inode: 900, descriptor: 7, goroutine: 2)
        script.connect(at: 6, inode: 901, descriptor: 8, goroutine: 2)
        script.acquire(at: 10, goroutine: 5, connection: 0xc0, inode: 900, descriptor: 7)
        script.poolState(at: 1000, open: 1, idle: 0, maximum: 5)
        #expect(differences(script) == [])
        // A release was lost, and with it a wait; the pool closed the connection, and another socket was opened.
        script.connect(at: 1500, inode: 902, descriptor: 9, goroutine: 2)
        for at in [2000.0, 3000] { script.poolState(at: at, open: 0, idle: 0, maximum: 5, waits: 8) }
        #expect(
            differences(script) == [
                "The pool's own counters show that the program returned 1 of the open leases: poolscope missed its release.",
                "The pool no longer counts 1 open socket of its connections.",
                "No pool owns 2 open sockets to its endpoints.",
                "The pool's own counters show 1 queued acquire; the trace has 0 to 0.",
            ])
    }

    private func differences(_ script: TraceScript) -> [String] {
        let text = TextRenderer().render(report(script), RenderOptions())
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        var sentences: [String] = []
        for line in lines.drop(while: { $0 != "Pools" }).prefix(while: { !$0.isEmpty }) {
            if line.hasPrefix("  ! ") { sentences.append(String(line.dropFirst(4))) }
            if line.hasPrefix("    "), !sentences.isEmpty, let last = sentences.popLast() {
                sentences.append(last + " " + line.dropFirst(4))
            }
        }
        return sentences
    }
}
