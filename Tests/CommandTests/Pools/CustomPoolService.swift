// SPDX-License-Identifier: Apache-2.0
import Diagnosis
import FoundationEssentials
import Glibc
import Testing
import TestSupport

/// A running Examples/custom-pool, which needs no server: 60 leases and 3 leaks when it gets SIGUSR1.
final class CustomPoolService {
    private static let example = PackageRoot.path + "/Examples/custom-pool"
    static let description = example + "/pools.json"
    /// The oldest and the newest Go that there are.
    static let toolchains = ["/usr/lib/go-1.19/bin/go", PackageRoot.path + "/.cache/go/1.27.3/go/bin/go"]
        .filter { (path: String) in access(path, X_OK) == 0 }
    static var canBuild: Bool { !toolchains.isEmpty }

    let folder: ScratchFolder
    private let process: ChildProcess
    var processID: Int32 { process.processID }

    /// Builds it, stripped.
    ///
    /// - Parameter go: by default the newest.
    /// - Returns: the program's path.
    static func build(in folder: ScratchFolder, with go: String? = toolchains.last) throws -> String {
        let build = try ChildProcess(
            [
                "env", "-C", example, "GO111MODULE=off", "GOTOOLCHAIN=local", "GOFLAGS=", "CGO_ENABLED=0",
                "GOCACHE=\(PackageRoot.path)/.cache/go-build", try #require(go), "build", "-ldflags=-s -w", "-o",
                folder.file("service"), ".",
            ], output: folder.file("build"), error: folder.file("build-error"))
        #expect(try build.exitCode(within: 600) == 0, "\(folder.text("build-error"))")
        return folder.file("service")
    }

    /// - Parameter command: starts it.
    init(_ command: [String], in folder: ScratchFolder) throws {
        let process = try ChildProcess(command, output: folder.file("said"), error: folder.file("service-error"))
        self.process = process
        self.folder = folder
        try waitUntil("the program to begin: \(folder.text("service-error"))") {
            folder.text("said").contains("ready") || !process.isRunning
        }
        try #require(process.isRunning, "\(folder.text("service-error"))")
    }

    /// Lets it do its work.
    func begin() { process.kill(SIGUSR1) }

    /// No lease of `main.forget` ever comes back, so that who ended may have handed it on: only its age tells a leak.
    private static let patience = ["--threshold", "lease-leak.age=1s", "--threshold", "lease-leak.hold-factor=2"]

    /// Records it at its work, and ends it. Returns what `poolscope analyze` says in JSON, of nothing but the trace.
    func record() throws -> Report {
        let recording = try Recording(
            of: processID, to: folder.file("trace"),
            ["--pools", Self.description, "--census", "200ms", "--force"] + Self.patience)
        process.kill(SIGUSR1)
        try waitUntil("the work to be done") { folder.text("said").contains("done 60 3") }
        // A holder that has ended is seen at an audit, of leases that are a second old.
        sleep(2)
        recording.kill(SIGINT)
        let outcome = try recording.outcome()
        #expect(outcome.exitCode == 1, "\(outcome)")
        process.kill(SIGKILL)
        unlink(folder.file("service"))
        let analysis = try Poolscope.run(["analyze", "--format", "json", folder.file("trace")] + Self.patience)
        return try JSONDecoder().decode(Report.self, from: Data(analysis.output.utf8))
    }

    struct Report: Decodable {
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

        /// All leases were seen, those that leak with their sockets and the place that they were taken at.
        func expectWholeAccount() {
            #expect(pools.map(\.pool) == ["shop pool #1"])
            #expect(pools.map(\.acquires) == [63])
            #expect(pools.map(\.openLeases) == [3])
            let leaks = findings.filter { $0.rule == "lease-leak" }
            #expect(leaks.map(\.leases.count) == [3])
            #expect(leaks.first?.headline.contains("main.forget") == true)
            #expect(leaks.first?.leases.allSatisfy { $0.socket != nil } == true)
        }
    }
}
