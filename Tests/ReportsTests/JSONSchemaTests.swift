// SPDX-License-Identifier: Apache-2.0
import Diagnosis
import FoundationEssentials
import Reports
import Testing
import TraceModel
import TraceScripts

@Suite(.timeLimit(.minutes(15))) struct JSONSchemaTests {
    private static let root = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    /// Values that the page names beside the keys.
    private static let values = Set([
        "application", "armed", "certain", "clean", "cost", "critical", "disabled", "exists", "false", "high",
        "interrupted", "library", "medium", "none", "null", "runtime", "ports", "call_site", "unproven", "unknown",
        "warning",
    ]).union(CutOff.Kind.allCases.map(\.rawValue)).union(Reason.Kind.allCases.map(\.rawValue))

    private func page() throws -> String {
        try String(contentsOfFile: Self.root + "/docs/report-schema.md", encoding: .utf8)
    }

    private func emittedKeys() throws -> Set<String> {
        var keys: Set<String> = []
        let known = Suppression(rule: "lease-leak", reason: "known")
        let unmet = Suppression(rule: "lease-leak", subject: "another", reason: "unmet")
        for script in TraceScript.everything() {
            for suppressions in [[], [known, unmet]] {
                let output = JSONRenderer().render(judged(script, suppressions), RenderOptions())
                try JSONDecoder().decode(AnyJSON.self, from: Data(output.utf8)).collectKeys(into: &keys)
            }
        }
        return keys
    }

    private func judged(_ script: TraceScript, _ suppressions: [Suppression]) -> Report {
        RuleRegistry.report(on: report(script).analysis, options: RuleOptions(suppressions: suppressions))
    }

    @Test func everyKeyIsDocumented() throws {
        let page = try page()
        #expect(page.contains(JSONRenderer.schema))
        let keys = try emittedKeys()
        // Names of records and of thresholds are data.
        let names = Set(RuleRegistry.thresholds.flatMap { [$0.name, $0.name + "_ns"] })
        let isRecord: (String) -> Bool = { name in (0...64).contains { RecordKind(known: $0)?.name == name } }
        for key in keys where !names.contains(key) && !isRecord(key) {
            #expect(page.contains("`\(key)`"), "\(key) is not in docs/report-schema.md")
        }
        #expect(keys.count > 100)
    }

    @Test func everyDocumentedKeyIsWritten() throws {
        let missing = DocumentedKeys(page: try page()).names.subtracting(try emittedKeys()).subtracting(Self.values)
        #expect(missing.isEmpty, "no script makes the report write \(missing.sorted())")
    }

    /// No test meets every finding with its evidence: what the page names must stand in the rules' source at least.
    @Test func everyDocumentedNumberIsARules() throws {
        var literals = ""
        for folder in ["Sources/Diagnosis", "Sources/TraceModel"] {
            let paths = try FileManager.default.subpathsOfDirectory(atPath: "\(Self.root)/\(folder)")
            for path in paths where path.hasSuffix(".swift") {
                literals += try String(contentsOfFile: "\(Self.root)/\(folder)/\(path)", encoding: .utf8)
            }
        }
        let evidence = DocumentedKeys(page: try page()).evidence
        #expect(evidence.count > 100)
        // The unit is added by the renderer. `blocked_by` is a key of the report that the paragraph refers to.
        let missing = evidence.subtracting(["blocked_by"]).filter { name in
            let names = [name] + ["_ns", "_bytes"].filter(name.hasSuffix).map { String(name.dropLast($0.count)) }
            return !names.contains { literals.contains("\"\($0)\"") }
        }
        #expect(missing.isEmpty, "no rule has the numbers \(missing.sorted())")
    }

    @Test func documentIsJSONWhateverItHolds() throws {
        var script = TraceScript.leakingService()
        script.process.name = "\"\\\u{0}\u{1f}\n\u{2028}\u{10ffff}😀"
        let document = try JSONDecoder().decode(AnyJSON.self, from: Data(render(script).utf8))
        guard case .object(let top) = document, case .object(let process) = top["process"] else {
            Issue.record("no process in the document")
            return
        }
        #expect(process["name"] == .string(script.process.name))
    }

    private func render(_ script: TraceScript) -> String { JSONRenderer().render(report(script), RenderOptions()) }
}

/// Any JSON value.
enum AnyJSON: Decodable, Equatable {
    case null
    case bool(Bool)
    case number(Double)
    case string(String)
    case array([AnyJSON])
    case object([String: AnyJSON])

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else if let value = try? container.decode(String.self) {
            self = .string(value)
        } else if let value = try? container.decode([AnyJSON].self) {
            self = .array(value)
        } else {
            self = .object(try container.decode([String: AnyJSON].self))
        }
    }

    func collectKeys(into keys: inout Set<String>) {
        switch self {
        case .array(let elements): elements.forEach { $0.collectKeys(into: &keys) }
        case .object(let members):
            keys.formUnion(members.keys)
            members.values.forEach { $0.collectKeys(into: &keys) }
        default: break
        }
    }
}
