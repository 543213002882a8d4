// SPDX-License-Identifier: Apache-2.0
import Diagnosis
import Testing
import TestSupport
import TraceFile
import TraceModel
import TraceScripts

extension CommandTests {
    @Suite struct LeasesCommandTests {
        private let folder: ScratchFolder
        private let trace: String

        init() throws {
            folder = ScratchFolder()
            trace = folder.file("leaking.pscope")
            let script = TraceScript.leakingService()
            let writer = try TraceWriter.create(path: trace)
            for item in script.metadata { try writer.write(item) }
            // The stacks come last, as they do in a recording: after the leases that they explain.
            for record in script.records {
                if case .stack(var stack) = record {
                    stack.header.timestamp_ns = TraceScript.instant(29_900).nanoseconds
                    #expect(writer.append(.stack(stack)))
                } else {
                    #expect(writer.append(record))
                }
            }
            try writer.finish(try #require(script.end))
        }

        private func lines(_ arguments: String...) throws -> [String] {
            let outcome = try Poolscope.run(["leases", trace] + arguments)
            #expect(outcome.exitCode == 0)
            #expect(outcome.error.isEmpty)
            return outcome.output.split(separator: "\n").map(String.init)
        }

        @Test("Twenty leases that ended, in the order of their ends, then five that did not")
        func all() throws {
            let json = try lines("--format", "json")
            #expect(json.count == 25)
            #expect(json.allSatisfy { $0.hasPrefix(#"{"schema":"poolscope.leases/2","#) })
            #expect(json.prefix(20).allSatisfy { $0.contains(#""how_ended":"returned""#) })
            #expect(json.suffix(5).allSatisfy { $0.contains(#""how_ended":"open""#) })
            #expect(json.prefix(20).allSatisfy { $0.contains(#""function":"main.checkout""#) })
            let text = try lines()
            #expect(text.count == 27)
            #expect(text.first?.hasPrefix("lease ") == true)
            #expect(text.dropFirst().first == "# pool 1: database/sql #1")
            #expect(text.allSatisfy { $0.count <= 100 })
        }

        @Test("Filters add up, and none that matches is no failure")
        func filters() throws {
            #expect(try lines("--open", "--format", "json").count == 5)
            #expect(try lines("--open", "--longer-than", "20s", "--format", "json").count == 3)
            #expect(try lines("--open", "--site", "main.transfer", "--format", "json").count == 1)
            #expect(try lines("--pool", "redigo").isEmpty)
            #expect(try lines("--failed").isEmpty, "no acquire failed")
        }
    }
}
