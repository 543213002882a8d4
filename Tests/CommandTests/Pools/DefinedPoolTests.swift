// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Glibc
import Testing
import TestSupport

extension CommandTests {
    /// A pool that only its user knows, live: Examples/custom-pool.
    @Suite(.enabled(if: Host.canRecord, Host.cannotRecord)) struct DefinedPoolTests {
        private let folder: ScratchFolder

        init() throws { folder = ScratchFolder() }

        private func start(_ go: String) throws -> CustomPoolService {
            try CustomPoolService([CustomPoolService.build(in: folder, with: go)], in: folder)
        }

        @Test(arguments: CustomPoolService.toolchains) func leasesOfAPoolInAFileAreJudged(_ go: String) throws {
            try start(go).record().expectWholeAccount()
        }

        @Test func planExplainsWhatIsNotFound() throws {
            let service = try start(try #require(CustomPoolService.toolchains.last))
            let text = folderText(of: CustomPoolService.description)
            let typo = folder.write("typo.json", text.replacing("borrow", with: "borow").utf8)
            let plan = try Poolscope.run(["plan", "--pid", "\(service.processID)", "--pool-definitions", typo])
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
            let third = try Poolscope.run(["plan", "--pid", "\(service.processID)", "--pool-definitions", inlined])
            #expect(third.output.contains("main.newPool was inlined at every call"), "\(third.output)")
            #expect(!third.output.contains("acquire_end"))
            let whole = try Poolscope.run([
                "plan", "--pid", "\(service.processID)", "--pool-definitions", CustomPoolService.description,
            ])
            #expect(!whole.output.contains("incomplete"), "\(whole.output)")
            #expect(whole.output.contains("main.pooledConnection.socket  (type descriptor)"))
            #expect(whole.output.contains("connection_close") && whole.output.contains("\n  shop pool\n"))
        }

        private func folderText(of path: String) -> String {
            guard let data = FileManager.default.contents(atPath: path) else { return "" }
            return String(decoding: data, as: UTF8.self)
        }

        @Test func anUnusableFileIsRefusedWithItsPlace() throws {
            let text = folderText(of: CustomPoolService.description)
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
