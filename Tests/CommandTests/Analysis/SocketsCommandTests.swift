// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing
import TestSupport
import TraceFile
import TraceModel
import TraceScripts

extension CommandTests {
    @Suite struct SocketsCommandTests {
        private let folder: ScratchFolder
        private let trace: String

        init() throws {
            folder = ScratchFolder()
            trace = folder.file("three.pscope")
            var script = TraceScript()
            for (index, calls) in [7, 13, 11].enumerated() {
                let inode = 900 + UInt64(index)
                script.connect(at: 1, inode: inode, descriptor: 7 + Int32(index), host: UInt8(index + 5))
                for call in 0..<calls { script.query(at: 10 + Double(call), inode: inode, goroutine: 20 + inode) }
            }
            for lease in 0..<3 {
                let at = 100 + Double(lease) * 10
                script.acquire(at: at, goroutine: 20, connection: 0xc0, inode: 900, descriptor: 7)
                script.release(at: at + 5, goroutine: 20, connection: 0xc0)
            }
            script.socketClose(at: 200, inode: 901)
            script.end = TraceEnd(reason: "interrupted", endedAt: TraceScript.instant(300))
            let writer = try TraceWriter.create(path: trace)
            for item in script.metadata { try writer.write(item) }
            for record in script.records { #expect(writer.append(record)) }
            try writer.finish(try #require(script.end))
        }

        private func lines(_ arguments: String...) throws -> [String] {
            let outcome = try Poolscope.run(["sockets", trace] + arguments)
            #expect(outcome.exitCode == 0)
            #expect(outcome.error.isEmpty)
            return outcome.output.split(separator: "\n").map(String.init)
        }

        private func inodes(_ arguments: String...) throws -> [UInt64] {
            let outcome = try Poolscope.run(["sockets", trace, "--format", "json"] + arguments)
            #expect(outcome.exitCode == 0)
            return try outcome.output.split(separator: "\n").map { line in
                let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
                return try #require(object?["socket_inode"] as? UInt64)
            }
        }

        @Test("A heading, then the sockets with the most bytes first")
        func all() throws {
            let text = try lines()
            #expect(text.count == 4 && text[0].hasPrefix("   socket "))
            #expect(text[1].hasSuffix("10.0.0.6:5432") && text[1].contains(" 13 2.53 KiB"))
            #expect(text.allSatisfy { $0.count <= 100 })
            #expect(try inodes() == [901, 902, 900])
        }

        @Test("Another order, and only those that are wanted")
        func choices() throws {
            #expect(try inodes("--sort", "leases") == [900, 901, 902])
            #expect(try inodes("--sort", "calls", "--limit", "1") == [901])
            #expect(try inodes("--open") == [902, 900])
            #expect(try inodes("--endpoint", "10.0.0.7:") == [902])
            #expect(try lines("--endpoint", "10.1.").isEmpty, "none is no failure, and has no heading")
        }

        @Test("What is left out is said, and a damaged trace too")
        func notes() throws {
            #expect(try Poolscope.run(["sockets", trace, "--limit", "1"]).error.contains("2 sockets more"))
            let whole = try Data(contentsOf: URL(fileURLWithPath: trace))
            let cut = folder.file("cut.pscope")
            try whole.prefix(whole.count - 100).write(to: URL(fileURLWithPath: cut))
            let outcome = try Poolscope.run(["sockets", cut])
            #expect(outcome.exitCode == 0 && outcome.error.contains("damaged or was cut off"))
            #expect(outcome.output.contains("10.0.0.6:5432"))
            #expect(try Poolscope.run(["sockets", folder.file("none")]).exitCode == 2)
            #expect(try Poolscope.run(["sockets", trace, "--limit", "-1"]).exitCode == 2)
        }
    }
}
