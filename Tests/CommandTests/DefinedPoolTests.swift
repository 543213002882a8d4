// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Glibc
import Testing

extension CommandTests {
    /// A pool that only its user knows, live: Examples/custom-pool.
    @Suite(.enabled(if: Host.canRecord, Host.cannotRecord)) struct DefinedPoolTests {
        private static let root = #filePath.split(separator: "/").dropLast(3).reduce(into: "") { $0 += "/" + $1 }
        private static let example = root + "/Examples/custom-pool"
        private static let description = example + "/pools.json"
        /// The oldest and the newest Go that there are.
        private static let toolchains: [String] = ["/usr/lib/go-1.19/bin/go", root + "/.cache/go/1.27.3/go/bin/go"]
            .filter { (path: String) in access(path, X_OK) == 0 }

        private let folder: ScratchFolder

        init() throws { folder = try ScratchFolder() }

        /// Builds and starts the program, stripped; it waits for SIGUSR1.
        private func start(_ go: String) throws -> ChildProcess {
            let build = try ChildProcess(
                [
                    "env", "-C", Self.example, "GO111MODULE=off", "GOTOOLCHAIN=local", "GOFLAGS=", "CGO_ENABLED=0",
                    "GOCACHE=\(Self.root)/.cache/go-build", go, "build", "-ldflags=-s -w", "-o",
                    folder.file("service"), ".",
                ], output: folder.file("build"), error: folder.file("build-error"))
            #expect(try build.exitCode(within: 300) == 0, "\(folder.text("build-error"))")
            let service = try ChildProcess(
                [folder.file("service")], output: folder.file("said"), error: folder.file("service-error"))
            try waitUntil("the program to begin") { folder.text("said").contains("ready") }
            return service
        }

        @Test(arguments: toolchains) func leasesOfAPoolInAFileAreJudged(_ go: String) throws {
            let service = try start(go)
            let recording = try Recording(
                of: service.processID, to: folder.file("trace"),
                ["--pools", Self.description, "--census", "200ms"] + CustomPoolService.patience)
            service.kill(SIGUSR1)
            try waitUntil("the work to be done") { folder.text("said").contains("done 60 3") }
            // A holder that has ended is seen at an audit, of leases that are a second old.
            sleep(2)
            recording.kill(SIGINT)
            let outcome = try recording.outcome()
            #expect(outcome.exitCode == 1, "\(outcome)")
            service.kill(SIGKILL)

            // Nothing but the trace from here on.
            unlink(folder.file("service"))
            let analysis = try Poolscope.run(
                ["analyze", "--format", "json", folder.file("trace")] + CustomPoolService.patience)
            let report = try JSONDecoder().decode(Report.self, from: Data(analysis.output.utf8))
            let pool = try #require(report.pools.first)
            #expect(report.pools.count == 1 && pool.pool == "shop pool #1", "\(pool.pool)")
            #expect(pool.acquires == 63 && pool.openLeases == 3)
            let leaks = report.findings.filter { $0.rule == "lease-leak" }
            #expect(leaks.count == 1)
            #expect(leaks.first?.headline.contains("main.forget") == true)
            #expect(leaks.first?.leases.count == 3)
            #expect(leaks.first?.leases.allSatisfy { $0.socket != nil } == true)
        }

        private struct Report: Decodable {
            struct Pool: Decodable {
                let pool: String
                let acquires: Int
                let openLeases: Int
                enum CodingKeys: String, CodingKey {
                    case pool, acquires
                    case openLeases = "open_leases"
                }
            }
            struct Socket: Decodable {}
            struct Lease: Decodable { let socket: Socket? }
            struct Finding: Decodable {
                let rule: String
                let headline: String
                let leases: [Lease]
            }
            let pools: [Pool]
            let findings: [Finding]
        }

        @Test func planExplainsWhatIsNotFound() throws {
            let service = try start(try #require(Self.toolchains.last))
            let text = folderText(of: Self.description)
            let typo = folder.write("typo.json", text.replacing("borrow", with: "borow").utf8)
            let plan = try Poolscope.run(["plan", "--pid", "\(service.processID)", "--pools", typo])
            #expect(plan.exitCode == 0)
            #expect(plan.output.contains("main.(*connectionPool).borow is not linked in"), "\(plan.output)")
            let close = folder.write("inlined.json", text.replacing("giveBack", with: "giveback").utf8)
            let other = try Poolscope.run(["plan", "--pid", "\(service.processID)", "--pools", close])
            #expect(other.output.contains("shop pool"))
            #expect(other.output.contains("incomplete: main.(*connectionPool).giveback is not linked in"))
            #expect(other.output.contains("a release that is not seen would be taken for a leak"))
            #expect(!other.output.contains("acquire_end"), "\(other.output)")
            // It is inlined into those who call it.
            let inlined = folder.write(
                "ask.json", text.replacing("(*connectionPool).giveBack", with: "newPool").utf8)
            let third = try Poolscope.run(["plan", "--pid", "\(service.processID)", "--pools", inlined])
            #expect(third.output.contains("main.newPool was inlined at every call"), "\(third.output)")
            #expect(!third.output.contains("acquire_end"))
            let whole = try Poolscope.run(["plan", "--pid", "\(service.processID)", "--pools", Self.description])
            #expect(!whole.output.contains("incomplete"), "\(whole.output)")
            #expect(whole.output.contains("main.pooledConnection.socket  (type descriptor)"))
            #expect(whole.output.contains("connection_close") && whole.output.contains("\n  shop pool\n"))
        }

        private func folderText(of path: String) -> String {
            guard let data = FileManager.default.contents(atPath: path) else { return "" }
            return String(decoding: data, as: UTF8.self)
        }

        @Test func anUnusableFileIsRefusedWithItsPlace() throws {
            let text = folderText(of: Self.description)
            let bad = folder.write("bad.json", text.replacing("\"connection\": 0", with: "\"connection\": 1").utf8)
            for command in [["plan"], ["record", "-o", folder.file("none")]] {
                try Poolscope.expectRefusal(
                    command + ["--pid", "\(getppid())", "--pools", bad], says: "$.pools[0].acquire.connection",
                    remedy: "Name the place of a pointer or an interface")
            }
            try Poolscope.expectRefusal(
                ["plan", "--pid", "\(getppid())", "--pools", folder.path], says: "it is not a file",
                remedy: "Give a file")
            try Poolscope.expectRefusal(
                ["plan", "--pid", "\(getppid())", "--pool", "nothing"], says: "There is no pool 'nothing'",
                remedy: "Usage: poolscope")
            #expect(access(folder.file("none"), F_OK) != 0)
        }
    }
}
