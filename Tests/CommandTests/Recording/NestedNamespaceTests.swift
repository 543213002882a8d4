// SPDX-License-Identifier: Apache-2.0
import Diagnosis
import Glibc
import Testing
import TestSupport

extension CommandTests {
    /// A target in a container: with PIDs and a network of its own, recorded from outside.
    @Suite struct NestedNamespaceTests {
        private static let isPossible = Host.canRecord && Host.hasCompiler && Host.canRun(["ip", "-V"])
        private static let obstacle: Comment = "needs BPF, cc, unshare and ip"

        @Test("Every event of a target that is PID 1 of its own namespace", .enabled(if: isPossible, obstacle))
        func recordedFromOutside() throws {
            let folder = ScratchFolder()
            let program = folder.file("socket-trouble")
            let compiler = try ChildProcess(
                ["cc", "-std=gnu11", "-o", program]
                    + [
                        "socket-trouble.c", "options.c", "names.c", "waits.c", "passes.c", "splices.c", "cut.c",
                        "blocked.c", "counters.c",
                    ]
                    .map { "\(PackageRoot.path)/Examples/socket-trouble/\($0)" },
                output: "/dev/null", error: folder.file("cc.err"))
            try #require(try compiler.exitCode() == 0, "\(folder.text("cc.err"))")
            let container = try ChildProcess(
                [
                    "unshare", "--pid", "--net", "--fork", "--kill-child", "--mount-proc", "sh", "-c",
                    "ip link set lo up && exec \"$0\"", program,
                ], output: folder.file("account"), error: folder.file("error"))
            try waitUntil("the target to be ready: \(folder.text("error"))") {
                folder.text("account").hasPrefix("ready 1\n")
            }
            let target = try #require(Self.onlyChild(of: container.processID))
            let recording = try Recording(of: target, to: folder.file("trace"))
            kill(target, SIGUSR1)
            #expect(try container.exitCode() == 0, "\(folder.text("error"))")
            let outcome = try recording.outcome()
            #expect(outcome.exitCode == 1, "it is made to have findings")

            let account = Self.numbers(in: folder.text("account").drop { $0 != "{" })
            let drops = try #require(account["datagram_drops"])
            for headline in [
                "connect-failing: 5 connects failed", "connect-failing: 3 connects failed",
                "udp-drop: The kernel dropped \(drops) datagrams",
            ] {
                #expect(outcome.output.contains(headline), "\(headline)")
            }
            for (kind, names) in [
                ("datagram_drop", ["datagram_drops"]), ("socket_listen", ["listens"]),
                ("socket_reset", ["sent 7", "received 2", "received 1", "received 8", "answered 7"]),
                ("socket_retransmit", ["1", "2"]),
            ] {
                let done = try names.reduce(0) { try $0 + #require(account[$1]) }
                let shown = try Poolscope.run(["show", folder.file("trace"), "--kind", kind])
                // Resets that the kernel reports without an RST are in FIN_WAIT2 (5): see ps_socket_reset.
                let lines = shown.output.split(separator: "\n").filter { !$0.contains("  state=5  direction=2") }
                #expect(lines.count == done, "\(kind)")
            }
        }

        private static func onlyChild(of process: Int32) -> Int32? {
            guard let stream = fopen("/proc/\(process)/task/\(process)/children", "r") else { return nil }
            defer { fclose(stream) }
            var text = [CChar](repeating: 0, count: 64)
            guard fgets(&text, 64, stream) != nil else { return nil }
            let words = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
                .split(separator: " ")
            return words.count == 1 ? Int32(words[0]) : nil
        }

        /// The numbers of a JSON text by their keys, whatever they are nested in.
        private static func numbers(in json: some StringProtocol) -> [String: Int] {
            var numbers: [String: Int] = [:]
            for word in json.split(whereSeparator: { "{},\n".contains($0) }) {
                let parts: [Substring] = String(word).split(separator: ":" as Character)
                guard parts.count == 2, let value = Int(String(parts[1].filter(\.isNumber))) else { continue }
                numbers[String(parts[0].drop { " \"".contains($0) }.dropLast())] = value
            }
            return numbers
        }
    }
}
