// SPDX-License-Identifier: Apache-2.0
import Glibc
import Testing
import TestSupport

@testable import TargetInspection

/// Programs whose path means nothing, or something else, where poolscope runs.
@Suite(
    .enabled(if: getuid() == 0 && GoProgram.all.contains { $0.build == .stripped }, "needs root, and a Go toolchain"),
    .timeLimit(.minutes(15)))
struct ForeignRootTests {
    private func check(_ child: PipedProcess, path: String, version: String) throws {
        while let line = child.readLine(), line != "ready" {}
        let process = try TargetProcess(processID: child.processID)
        #expect(process.executablePath.hasSuffix(path))
        let info = try GoBuildInfo(image: process.image)
        #expect(info.version == "go\(version)")
        let symbols = try GoSymbolTable(image: process.image, version: info.goVersion)
        let function = try #require(symbols.functions(named: "database/sql.(*DB).conn").first)
        let placement = ProbePlacement(image: process.image)
        let sites = try [placement.entrySite(of: function)] + placement.returnSites(of: function)
        #expect(sites.count > 5)
        for site in sites {
            #expect(placement.verify(site, in: process.memory, bias: process.loadBias).allowsProbe)
        }
        let types = GoTypes(
            memory: process.memory, moduleData: try #require(symbols.moduleData), bias: process.loadBias)
        let pool = GoStructureName(package: "database/sql", name: "DB")
        #expect(GoFieldOffsets(image: process.image, types: types).descriptor(of: pool) != nil)
        child.wait()
    }

    private func program() throws -> (path: String, version: String) {
        let program = try #require(GoProgram.all.last { $0.build == .stripped })
        return (try program.path(), program.toolchain.version)
    }

    /// As in a container: a root of its own, in a mount namespace of its own, on a file system that is nowhere else.
    @Test func aProgramWithARootOfItsOwnIsRead() throws {
        let (original, version) = try program()
        let folder = "/tmp/inspected-root-\(getpid())"
        try PipedProcess.run(["mkdir", "-p", folder])
        defer { rmdir(folder) }
        let child = try PipedProcess([
            "unshare", "--mount", "--propagation", "private", "sh", "-c",
            "mount -t tmpfs none \(folder) && cp \(original) \(folder)/service && exec chroot \(folder) /service",
        ])
        try check(child, path: "/service", version: version)
        #expect(access("\(folder)/service", F_OK) != 0)
    }

    /// As by an upgrade while the service runs: its path now holds another program.
    @Test func aReplacedProgramIsReadAsItRuns() throws {
        let (original, version) = try program()
        let path = "/tmp/inspected-replaced-\(getpid())"
        try PipedProcess.run(["cp", original, path])
        defer { unlink(path) }
        let child = try PipedProcess([path])
        while let line = child.readLine(), !line.hasPrefix("goroutine main") {}
        try PipedProcess.run(["cp", "/bin/cat", path + ".new"])
        rename(path + ".new", path)
        try check(child, path: path, version: version)
    }
}
