// SPDX-License-Identifier: Apache-2.0
import Reports
import Testing
import TraceModel
import TraceScripts

/// The page of `top`.
@Suite(.timeLimit(.minutes(15))) struct LiveViewTests {
    @Test func pageOfALeakingService() {
        var view = LiveView()
        let first = view.page(report(.leakingService()), columns: 100, rows: nil, isColored: false)
        let lines = first.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        #expect(lines[0].contains("- records/s") && lines[0].hasSuffix("0 lost  Ctrl-C ends it"))
        #expect(lines[1].contains("leaked at 2 call sites"))
        #expect(lines.contains { $0.hasPrefix("critical lease-leak: ") && $0.hasSuffix("(high)") }, "\(first)")
        #expect(lines.contains { $0.hasPrefix("database/sql #1") }, "\(first)")
        #expect(lines.contains { $0.contains("out for") && $0.contains("silent for") }, "\(first)")
        #expect(lines.allSatisfy { $0.count <= 100 })
    }

    @Test(arguments: [(40, 5), (80, 24), (200, 50)]) func pageFitsItsTerminal(_ columns: Int, _ rows: Int) {
        var view = LiveView()
        let page = view.page(report(.leakingService()), columns: columns, rows: rows, isColored: false)
        let lines = page.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.count <= rows && lines.allSatisfy { $0.count <= columns })
    }

    /// 11 acquires in the two seconds between two pages.
    @Test func ratesAreSinceThePageBefore() {
        var view = LiveView()
        var script = TraceScript()
        script.acquire(at: 10, goroutine: 5, connection: 0xc0, inode: 900, descriptor: 7)
        script.release(at: 1000, goroutine: 5, connection: 0xc0)
        _ = view.page(report(script), columns: 100, rows: nil, isColored: false)
        for index in 0..<11 {
            script.acquire(at: 1100 + Double(index) * 10, goroutine: 5, connection: 0xc0, inode: 900, descriptor: 7)
            script.release(at: 1101 + Double(index) * 10, goroutine: 5, connection: 0xc0)
        }
        script.clockPair(at: 3000)
        let page = view.page(report(script), columns: 100, rows: nil, isColored: false)
        let row = page.split(separator: "\n").first { $0.hasPrefix("database/sql #1") }?.split(separator: " ")
        #expect(row?.dropFirst(2).prefix(3).map(String.init) == ["0/?", "0", "6"], "\(page)")
    }

    /// What the target's names hold does not reach the terminal.
    @Test func namesAreMadeSafe() {
        var script = TraceScript()
        script.process.name = "evil\u{1b}[2J"
        script.acquire(at: 10, goroutine: 5, connection: 0xc0, inode: 900, descriptor: 7)
        var view = LiveView()
        #expect(!view.page(report(script), columns: 80, rows: 24, isColored: false).contains("\u{1b}"))
    }
}
