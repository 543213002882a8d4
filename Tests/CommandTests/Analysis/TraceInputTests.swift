// SPDX-License-Identifier: Apache-2.0
import Diagnosis
import Glibc
import Testing
import TestSupport
import TraceFile
import TraceModel
import TraceScripts

extension CommandTests {
    @Suite struct TraceInputTests {
        private let folder: ScratchFolder
        private let trace: String
        private let bytes: [UInt8]

        /// The trace of a service that leaks three leases.
        init() throws {
            folder = ScratchFolder()
            trace = folder.file("leaking.pscope")
            try Self.write(.leakingService(), to: trace)
            bytes = folder.read("leaking.pscope")
        }

        private static func write(_ script: TraceScript, to path: String) throws {
            let writer = try TraceWriter.create(path: path)
            for item in script.metadata { try writer.write(item) }
            for (index, record) in script.records.enumerated() {
                #expect(writer.append(record))
                if index % 20 == 19 { try writer.flush() }
            }
            try writer.finish(try #require(script.end))
        }

        @Test("Findings are exit code 1, those below --fail-on and none are 0")
        func findings() throws {
            let outcome = try Poolscope.run(["analyze", trace])
            #expect(outcome.exitCode == 1)
            #expect(outcome.output.hasPrefix("3 leases leaked"))
            #expect(outcome.error.isEmpty)
            let healthy = folder.file("healthy.pscope")
            try Self.write(.healthyService(), to: healthy)
            #expect(try Poolscope.run(["analyze", healthy]).exitCode == 0)
            // A wait of 10 microseconds in a pool with room is no finding, whatever the threshold; waits in a full one are a
            // warning, which is below critical.
            #expect(try Poolscope.run(["analyze", healthy, "--threshold", "pool-wait.p99=1us"]).exitCode == 0)
            let waits = ["analyze", trace, "--rules", "pool-wait"]
            #expect(try Poolscope.run(waits).exitCode == 1)
            #expect(try Poolscope.run(waits + ["--fail-on", "critical"]).exitCode == 0)
        }

        @Test("A configuration chooses rules and sets known findings aside; flags win over it")
        func configuration() throws {
            let known = """
                {"fail-on": "critical", "disable": ["pool-exhausted"], "suppress": [
                  {"rule": "lease-leak", "subject": "database/sql #1", "reason": "they know"}]}
                """
            let path = folder.write("poolscope.json", Array(known.utf8))
            let outcome = try Poolscope.run(["analyze", trace, "--config", path])
            #expect(outcome.exitCode == 0, "\(outcome)")
            #expect(outcome.output.contains("2 known findings") && outcome.output.contains("they know"))
            #expect(outcome.output.contains("switched off   pool-exhausted"))
            let strict = try Poolscope.run(["analyze", trace, "--config", path, "--fail-on", "note"])
            #expect(strict.exitCode == 1)
            let only = try Poolscope.run(["analyze", trace, "--config", path, "--rules", "pool-exhausted"])
            #expect(only.output.contains(" pool-exhausted: All 5 connections"))
            #expect(!only.output.contains("pool-wait:"))
            let listed = try Poolscope.run(["rules", "--config", path])
            #expect(listed.exitCode == 0 && listed.output.contains("(switched off)"))
            let json = try Poolscope.run(["rules", "--format", "json"])
            #expect(json.exitCode == 0 && json.output.contains("\"schema\": \"poolscope.rules/1\""))
        }

        @Test("A configuration that cannot be used is refused, by its key", arguments: ["analyze", "rules"])
        func unusableConfiguration(_ command: String) throws {
            func refuse(_ path: String, says cause: String, remedy: String) throws {
                let arguments = [command] + (command == "analyze" ? [trace] : []) + ["--config", path]
                try Poolscope.expectRefusal(arguments, says: "poolscope: " + cause, remedy: remedy)
            }
            let missing = folder.file("missing.json")
            try refuse(missing, says: "Cannot read configuration \(missing)", remedy: "Check the path.")
            try refuse(folder.path, says: "Cannot read configuration \(folder.path)", remedy: "Save it to a file")
            let text = folder.write("text.json", Array("lease-leak\n".utf8))
            try refuse(text, says: "Cannot use configuration \(text): It is not JSON", remedy: "Correct it there.")
            let unknown = folder.write("unknown.json", Array("{\"disabled\": []}".utf8))
            try refuse(unknown, says: "Cannot use configuration \(unknown): 'disabled' is not a key", remedy: "disable")
        }

        @Test("Two traces are compared: exit code 1 for new or worse, 2 for a trace that was cut off")
        func comparison() throws {
            let healthy = folder.file("healthy.pscope")
            try Self.write(.healthyService(), to: healthy)
            let worse = try Poolscope.run(["diff", healthy, trace])
            #expect(worse.exitCode == 1 && worse.output.contains("new: critical lease-leak"), "\(worse)")
            #expect(try Poolscope.run(["diff", trace, healthy]).exitCode == 0)
            #expect(try Poolscope.run(["diff", trace, trace]).exitCode == 0)
            let cut = folder.write("cut.pscope", folder.read("healthy.pscope").dropLast(30))
            let unknown = try Poolscope.run(["diff", trace, cut])
            #expect(unknown.exitCode == 2 && unknown.error.contains("was cut off"), "\(unknown)")
            let json = try Poolscope.run(["diff", trace, healthy, "--format", "json"])
            #expect(json.output.contains("\"schema\": \"poolscope.diff/1\""))
            try Poolscope.expectRefusal(
                ["diff", trace, healthy, "--factor", "0.5"], says: "must be 1 or more", remedy: "Usage: poolscope")
        }

        @Test(
            "What is no trace is refused, by analyze, by show and by leases", arguments: ["analyze", "show", "leases"])
        func noTrace(_ command: String) throws {
            func refuse(_ path: String, says cause: String, remedy: String) throws {
                try Poolscope.expectRefusal([command, path], says: "poolscope: " + cause, remedy: remedy)
            }
            let missing = folder.file("missing.pscope")
            try refuse(missing, says: "Cannot open trace file \(missing)", remedy: "Check the path.")
            try refuse(folder.path, says: "Cannot open trace file \(folder.path)", remedy: "Name a file made by")
            try refuse("/dev/null", says: "Cannot read /dev/null", remedy: "Save the trace to a file first.")
            let pipe = folder.file("pipe")
            mkfifo(pipe, 0o600)
            try refuse(pipe, says: "Cannot read \(pipe)", remedy: "Save the trace to a file first.")
            let empty = folder.write("empty", [])
            try refuse(empty, says: "Trace file \(empty) is empty", remedy: "Record again")
            let text = folder.write("text", Array("not a trace\n".utf8))
            try refuse(text, says: "\(text) is not a poolscope trace", remedy: "Name a file made by poolscope record.")
            let short = folder.write("short", bytes.prefix(20))
            try refuse(short, says: "Trace file \(short) was cut off after 20 bytes", remedy: "copy it again")
        }

        @Test("A trace of a newer format is refused with both versions")
        func newer() throws {
            var newer = bytes
            (newer[8], newer[10]) = (7, 7)
            let checksum = Self.crc32c(newer[..<36])
            for index in 0..<4 { newer[36 + index] = UInt8(truncatingIfNeeded: checksum >> (8 * index)) }
            let path = folder.write("newer.pscope", newer)
            try Poolscope.expectRefusal(
                ["analyze", path], says: "version 7, and this poolscope reads up to version 1",
                remedy: "Use a poolscope at least as new")
        }

        @Test("A trace that was cut off is analysed as far as it goes, and the report says so")
        func cutOff() throws {
            for share in stride(from: 30, to: 100, by: 10) {
                let path = folder.write("cut.pscope", bytes.prefix(bytes.count * share / 100))
                let outcome = try Poolscope.run(["analyze", path])
                #expect([1, 2].contains(outcome.exitCode), "\(share) %: \(outcome)")
                #expect(outcome.output.contains("cut off: it has no"), "\(share) %: \(outcome.output)")
                if outcome.exitCode == 2 { #expect(outcome.error.contains("copy the file again, or record again")) }
            }
        }

        @Test("A trace that is not whole is never clean, and says why")
        func notWhole() throws {
            let healthy = folder.file("healthy.pscope")
            try Self.write(.healthyService(), to: healthy)
            let whole = folder.read("healthy.pscope")
            let cut = folder.write("cut.pscope", whole.prefix(whole.count * 9 / 10))
            let outcome = try Poolscope.run(["analyze", cut])
            #expect(outcome.exitCode == 2, "\(outcome)")
            #expect(outcome.error.contains("\(cut) was cut off before its end: what is missing may hold findings"))
            #expect(outcome.output.contains("No finding") || outcome.output.contains("Nothing could be decided"))
            // The first byte of the payload of a block of records: type 1 after the block's magic (docs/file-format.md).
            let block: [UInt8] = [0xB5, 0x50, 0x53, 0x42, 1, 0]
            let start = try #require(whole.indices.first { whole[$0...].starts(with: block) })
            var damaged = whole
            damaged[start + 56] ^= 0x55
            let broken = folder.write("broken.pscope", damaged)
            let second = try Poolscope.run(["analyze", broken])
            #expect(second.exitCode == 2, "\(second)")
            #expect(second.error.contains("\(broken) is damaged"))
        }

        @Test("A damaged block is left out, and no verdict relies on it")
        func damaged() throws {
            // Byte by byte through the file, in prime steps: nothing may trap, hang, or be taken for a sound trace.
            for position in stride(from: 41, to: bytes.count, by: 211) {
                var damaged = bytes
                damaged[position] ^= 0x55
                let path = folder.write("damaged.pscope", damaged)
                let outcome = try Poolscope.run(["analyze", path])
                #expect((1...2).contains(outcome.exitCode), "byte \(position): \(outcome)")
                #expect(outcome.exitCode == 2 ? !outcome.error.isEmpty : !outcome.output.isEmpty)
            }
        }

        @Test("A result that cannot be printed whole is exit code 2")
        func fullDisk() throws {
            let process = try ChildProcess(
                [Poolscope.path, "show", trace], output: "/dev/full", error: folder.file("error"))
            #expect(try process.exitCode() == 2)
            #expect(folder.text("error").contains("Cannot print the result: No space left on device."))
        }

        private static func crc32c(_ bytes: some Collection<UInt8>) -> UInt32 {
            var crc: UInt32 = .max
            for byte in bytes {
                crc ^= UInt32(byte)
                for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0x82F6_3B78 : crc >> 1 }
            }
            return ~crc
        }
    }
}
