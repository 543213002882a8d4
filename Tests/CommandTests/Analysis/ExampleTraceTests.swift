// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Testing
import TestSupport

extension CommandTests {
    /// The traces that the repository comes with: the first thing a newcomer runs, and recordings of an older version.
    @Suite struct ExampleTraceTests {
        private static let folder = PackageRoot.path + "/Examples/traces"

        struct Report: Decodable {
            struct Finding: Decodable, Equatable {
                let rule: String
                let count: Int
                let severity: String
            }
            let findings: [Finding]
        }

        @Test(
            "What is found in a trace that an older version recorded",
            arguments: [
                (
                    "leaking-service",
                    [
                        ("lease-leak", 2, "critical"), ("lease-leak", 1, "critical"), ("pool-exhausted", 1, "warning"),
                        ("pool-wait", 222, "warning"),
                    ]
                ),
                ("healthy-service", []),
                ("half-open", [("half-open", 5, "warning")]),
                ("idle-killed", [("idle-killed", 7, "warning")]),
                ("silent-stall", [("silent-stall", 3, "warning")]),
            ])
        func findings(_ name: String, _ expected: [(rule: String, count: Int, severity: String)]) throws {
            let outcome = try Poolscope.run(["analyze", "\(Self.folder)/\(name).pscope", "--format", "json"])
            #expect(outcome.exitCode == (expected.isEmpty ? 0 : 1) && outcome.error.isEmpty, "\(outcome.error)")
            let report = try JSONDecoder().decode(Report.self, from: Data(outcome.output.utf8))
            #expect(report.findings == expected.map { .init(rule: $0.rule, count: $0.count, severity: $0.severity) })
        }

        @Test("Every trace is small, tested, and explained in the README beside it")
        func all() throws {
            let names = try FileManager.default.contentsOfDirectory(atPath: Self.folder).sorted()
            let traces = names.filter { $0.hasSuffix(".pscope") }
            #expect(traces.count == 5)
            let readme = try String(contentsOfFile: "\(Self.folder)/README.md", encoding: .utf8)
            for trace in traces {
                #expect(readme.contains("`\(trace)`"), "\(trace)")
                let bytes = try Data(contentsOf: URL(filePath: "\(Self.folder)/\(trace)")).count
                #expect(bytes < 300 << 10, "\(trace)")
            }
        }
    }
}
