// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Glibc
import Testing
import TestSupport

extension CommandTests {
    /// The offsets of a plan, of a program whose pools poolscope knows.
    @Suite(.enabled(if: Host.isRoot, Host.isNotRoot)) struct OffsetPlanTests {
        private static let toolchains: [String] = [
            "/usr/lib/go-1.19/bin/go", PackageRoot.path + "/.cache/go/1.27.3/go/bin/go",
        ]
        .filter { (path: String) in access(path, X_OK) == 0 }

        private static let source = """
            package main

            import (
            \t"context"
            \t"database/sql"
            \t"fmt"
            \t"net"
            \t"net/http"
            \t"time"
            )

            func main() {
            \tfmt.Println("ready")
            \thttp.Get("http://127.0.0.1:1/")
            \tif connection, err := net.Dial("unix", "/"); err == nil {
            \t\tconnection.SetDeadline(time.Time{})
            \t}
            \tif pool, err := sql.Open("none", ""); err == nil {
            \t\tpool.PingContext(context.Background())
            \t}
            \ttime.Sleep(time.Hour)
            }
            """

        private struct Plan: Decodable {
            struct Offset: Decodable {
                let field: String, offset: Int64?, origin: String?, note: String?, loss: String?
            }
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

        /// What leads to the types and to the goroutines, which a stripped program need not have a type descriptor of, and
        /// what is no field.
        private static let leading = [
            "runtime.g from %fs", "internal/abi.", "runtime._type.", "runtime.ptrtype.", "runtime.interfacetype.",
            "runtime.structtype.", "runtime.structfield.", "runtime.uncommontype.", "runtime.itab.", "runtime.iface.",
            "runtime.eface.", "runtime.moduledata.", "runtime.stringStruct.", "errors.errorString.",
        ]

        /// On the way from what each adapter and each call has in its hands to a descriptor.
        private static let ways = [
            "database/sql.driverConn.ci", "net/http.persistConn.alt", "net/http.persistConn.conn", "net.netFD.pfd",
            "net.netFD.pfd.Sysfd", "net.TCPConn.conn.fd", "net.UDPConn.conn.fd", "net.UnixConn.conn.fd",
            "net.IPConn.conn.fd", "net.TCPConn.conn.fd.pfd.Sysfd", "crypto/tls.Conn.conn", "internal/poll.FD.Sysfd",
            "runtime.g.goid", "runtime.g.m", "runtime.m.curg", "runtime.g.atomicstatus", "runtime.g.waitreason",
            "runtime.g.stack.lo", "runtime.g.stack.hi", "runtime.g.sched.sp", "runtime.g.sched.pc",
            "runtime.g.syscallsp", "runtime.g.syscallpc", "runtime.g from %fs",
        ]

        @Test(arguments: toolchains, [("", "dwarf"), ("-s -w", "type descriptor")])
        func everyFieldIsEstablishedFromTheProgram(_ go: String, _ build: (flags: String, origin: String)) throws {
            let folder = ScratchFolder()
            let main = folder.write("main.go", Self.source.utf8)
            let compile = try ChildProcess(
                [
                    "env", "GO111MODULE=off", "GOTOOLCHAIN=local", "GOFLAGS=", "CGO_ENABLED=0",
                    "GOCACHE=\(PackageRoot.path)/.cache/go-build", go, "build", "-ldflags=\(build.flags)", "-o",
                    folder.file("service"), main,
                ], output: folder.file("build"), error: folder.file("build-error"))
            #expect(try compile.exitCode(within: 300) == 0, "\(folder.text("build-error"))")
            let service = try ChildProcess(
                [folder.file("service")], output: folder.file("said"), error: folder.file("service-error"))
            try waitUntil("the program to begin") { folder.text("said").contains("ready") }
            let outcome = try Poolscope.run([
                "plan", "--pid", "\(service.processID)", "--pool", "net/http", "--pool", "net.Dial", "--deadlines",
                "--format", "json",
            ])
            try #require(outcome.exitCode == 0, "\(outcome) \(folder.text("service-error"))")
            let plan = try JSONDecoder().decode(Plan.self, from: Data(outcome.output.utf8))
            #expect(plan.pools.map(\.adapter) == ["database/sql", "net/http", "net.Dial"])
            #expect(plan.pools.filter { !$0.isComplete }.isEmpty, "\(plan.pools)")
            for offset in plan.offsets {
                #expect(offset.offset != nil && offset.loss == nil, "\(offset)")
                if Self.leading.contains(where: offset.field.hasPrefix) {
                    let origins = [build.origin, "code of runtime.gogo"]
                    let isTable = offset.origin?.hasPrefix("table for go1.") == true && offset.note != nil
                    #expect(origins.contains(offset.origin ?? "") || isTable, "\(offset)")
                } else {
                    #expect(offset.origin == build.origin, "\(offset)")
                }
            }
            let fields = plan.offsets.map(\.field)
            for way in Self.ways { #expect(fields.contains(way), "\(way)") }
            // An interface holds what it holds: where that leads is learnt when it is met.
            for way in ["database/sql.driverConn.ci", "net/http.persistConn.conn"] {
                let note = plan.offsets.first { $0.field == way }?.note
                #expect(note?.contains("learnt at the first lease") == true, "\(way)")
            }
            service.kill(SIGKILL)
        }
    }
}
