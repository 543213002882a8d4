// SPDX-License-Identifier: Apache-2.0
import Glibc
import Testing
import TestSupport

extension CommandTests.WatchingTheClock {
    @Suite("top: live, and in the end what analyze says", .enabled(if: Host.canRecord, Host.cannotRecord))
    struct TopCommandTests {
        private let folder: ScratchFolder

        init() throws { folder = ScratchFolder() }

        @Test(
            "The last report is that of the trace, byte by byte",
            .enabled(if: CustomPoolService.canBuild, "there is no Go")
        )
        func reportIsThatOfTheTrace() throws {
            let service = try CustomPoolService([CustomPoolService.build(in: folder)], in: folder)
            let top = try ChildProcess(
                [
                    Poolscope.path, "top", "--pid", "\(service.processID)", "-o", folder.file("trace"), "--pools",
                    CustomPoolService.description, "--census", "200ms",
                ], output: folder.file("pages"), error: folder.file("error"))
            try waitUntil("the first page: \(folder.text("error"))") { folder.text("pages").contains("records/s") }
            service.begin()
            try waitUntil("the work to be done") { folder.text("said").contains("done 60 3") }
            // 63 acquires, of which 3 are out.
            try waitUntil("a page with the leases that are out") { folder.text("pages").contains("main.forget") }
            top.kill(SIGINT)
            _ = try top.exitCode()
            let analysis = try Poolscope.run(["analyze", folder.file("trace")])
            #expect(!analysis.output.isEmpty && folder.text("pages").hasSuffix(analysis.output), "\(analysis)")
            #expect(folder.text("error").contains("Recording ended: interrupted."))
        }

        @Test("Without a file, of a process that ends", .enabled(if: Host.hasCompiler, Host.hasNoCompiler))
        func nothingIsKept() throws {
            let target = try Loopback()
            let top = try ChildProcess(
                [Poolscope.path, "top", "--pid", "\(target.processID)"], output: folder.file("pages"),
                error: folder.file("error"))
            try waitUntil("a page: \(folder.text("error"))") { folder.text("pages").contains("records/s") }
            target.kill(SIGKILL)
            #expect([0, 1].contains(try top.exitCode()))
            #expect(folder.text("pages").contains("Coverage"))
            #expect(folder.text("error").contains("Recording ended: target exited."))
        }

        @Test("A terminal gets its old content back", .enabled(if: Host.hasCompiler, Host.hasNoCompiler))
        func terminalIsRestored() throws {
            let target = try Loopback()
            let command = "stty rows 9 cols 70; \(Poolscope.path) top --pid \(target.processID) --duration 3s"
            let terminal = try ChildProcess(
                ["script", "-qec", command, folder.file("typescript")], output: "/dev/null", error: folder.file("error")
            )
            _ = try terminal.exitCode()
            let shown = folder.text("typescript")
            let (before, after) = ("\u{1b}[?1049h", "\u{1b}[?1049l")
            #expect(shown.components(of: before) == 2 && shown.components(of: after) == 2, "\(shown)")
            let pages = shown.split(separator: before).last?.split(separator: after).first ?? ""
            let page = pages.split(separator: "\u{1b}[H").last ?? ""
            #expect(page.contains("records/s") && page.split(separator: "\r\n").count <= 9, "\(page)")
        }
    }
}

extension String {
    fileprivate func components(of separator: String) -> Int {
        split(separator: separator, omittingEmptySubsequences: false).count
    }
}
