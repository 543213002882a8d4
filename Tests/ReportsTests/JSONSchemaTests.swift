// SPDX-License-Identifier: Apache-2.0
import Diagnosis
import FoundationEssentials
import Reports
import Testing
import TraceModel
import TraceScripts

@Suite struct JSONSchemaTests {
    @Test func everyKeyIsDocumented() throws {
        let root = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        let page = try String(contentsOfFile: root + "/docs/report-schema.md", encoding: .utf8)
        #expect(page.contains(JSONRenderer.schema))
        var script = TraceScript.leakingService()
        script.loss(from: 9000, to: 10_000, kind: .poolRelease, count: 14)
        script.lookup(at: 10, "db.internal", goroutine: 1, took: 4)
        script.plan.runtimeCalls = [PlannedRuntimeCall(name: "name look-ups", record: "name_lookup")]
        script.receive(at: 29_000, inode: 904, goroutine: 1, bytes: -11)
        script.census(at: 29_000, index: 1, inode: 900, descriptor: 7)
        let document = try JSONDecoder().decode(AnyJSON.self, from: Data(render(script).utf8))
        var keys: Set<String> = []
        document.collectKeys(into: &keys)
        // Names of records and of thresholds are data.
        let names = Set(ThresholdSetting.all.flatMap { [$0.name, $0.name + "_ns"] })
        let isRecord: (String) -> Bool = { name in (0...64).contains { RecordKind(known: $0)?.name == name } }
        for key in keys where !names.contains(key) && !isRecord(key) {
            #expect(page.contains("`\(key)`"), "\(key) is not in docs/report-schema.md")
        }
        #expect(keys.count > 100)
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
