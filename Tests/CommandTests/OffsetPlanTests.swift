// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Glibc
import Testing

extension CommandTests {
    /// The offsets of a plan, of a program whose pools poolscope knows.
    @Suite(.enabled(if: Host.isRoot, Host.isNotRoot)) struct OffsetPlanTests {
        private static let root = #filePath.split(separator: "/").dropLast(3).reduce(into: "") { $0 += "/" + $1 }
        private static let toolchains: [String] = ["/usr/lib/go-1.19/bin/go", root + "/.cache/go/1.27.3/go/bin/go"]
            .filter { (path: String) in access(path, X_OK) == 0 }

        private static let source = """
            package main

            import (
            \t"context"
            \t"database/sql"
            \t"fmt"
            \t"net/http"
            \t"time"
            )

            func main() {
            \tfmt.Println("ready")
            \thttp.Get("http://127.0.0.1:1/")
            \tif pool, err := sql.Open("none", ""); err == nil {
            \t\tpool.PingContext(context.Background())
            \t}
            \ttime.Sleep(time.Hour)
            }
            """

        private struct Plan: Decodable {
            struct Offset: Decodable { let field: String, origin: String?, loss: String? }
            struct Pool: Decodable {
                let adapter: String
                let isComplete: Bool
                let note: String?
                enum CodingKeys: String, CodingKey {
                    case adapter, note
                    case isComplete = "is_complete"
                }
            }
            let offsets: [Offset]
            let pools: [Pool]
        }

        @Test(arguments: toolchains, [("", "dwarf"), ("-s -w", "type descriptor")])
        func everyFieldIsEstablishedFromTheProgram(_ go: String, _ build: (flags: String, origin: String)) throws {
            let folder = try ScratchFolder()
            let main = folder.write("main.go", Self.source.utf8)
            let compile = try ChildProcess(
                [
                    "env", "GO111MODULE=off", "GOTOOLCHAIN=local", "GOFLAGS=", "CGO_ENABLED=0",
                    "GOCACHE=\(Self.root)/.cache/go-build", go, "build", "-ldflags=\(build.flags)", "-o",
                    folder.file("service"), main,
                ], output: folder.file("build"), error: folder.file("build-error"))
            #expect(try compile.exitCode(within: 300) == 0, "\(folder.text("build-error"))")
            let service = try ChildProcess(
                [folder.file("service")], output: folder.file("said"), error: folder.file("service-error"))
            try waitUntil("the program to begin") { folder.text("said").contains("ready") }
            let outcome = try Poolscope.run([
                "plan", "--pid", "\(service.processID)", "--pool", "net/http", "--format", "json",
            ])
            try #require(outcome.exitCode == 0, "\(outcome) \(folder.text("service-error"))")
            let plan = try JSONDecoder().decode(Plan.self, from: Data(outcome.output.utf8))
            #expect(plan.pools.map(\.adapter) == ["database/sql", "net/http"])
            #expect(plan.pools.filter { !$0.isComplete }.isEmpty, "\(plan.pools)")
            #expect(plan.offsets.count > 12)
            for offset in plan.offsets {
                #expect(offset.origin == build.origin && offset.loss == nil, "\(offset.field)")
            }
            #expect(plan.offsets.contains { $0.field == "net/http.persistConn.alt" })
            service.kill(SIGKILL)
        }
    }
}
