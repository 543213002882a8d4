// SPDX-License-Identifier: Apache-2.0
import Diagnosis
import FoundationEssentials
import Reports
import Testing
import TraceModel
import TraceScripts

@Suite(.timeLimit(.minutes(15))) struct ComparisonTests {
    private let comparison = TraceComparison(report(.healthyService()), report(.leakingService()), factor: 1.5)

    @Test func textNamesWhatIsNewFirst() {
        let text = ComparisonText(comparison, names: ("a.pscope", "b.pscope")).render(RenderOptions())
        #expect(text.hasPrefix("4 new.\n\nA  a.pscope: 30 s from 2025-03-01T12:00:00.000Z, "), "\(text)")
        #expect(text.contains("new: critical lease-leak, database/sql at 10.0.0.5:5432, main.(*server).report\n"))
        #expect(text.split(separator: "\n").allSatisfy { $0.count <= 80 })
    }

    @Test func everyKeyOfTheJSONIsDocumented() throws {
        let root = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        let page = try String(contentsOfFile: root + "/docs/diff.md", encoding: .utf8)
        let text = ComparisonJSON(comparison, names: ("a", "b")).render()
        #expect(page.contains(ComparisonJSON.schema))
        var keys: Set<String> = []
        try JSONDecoder().decode(AnyJSON.self, from: Data(text.utf8)).collectKeys(into: &keys)
        for key in keys { #expect(page.contains("`\(key)`"), "\(key) is not in docs/diff.md") }
        #expect(keys.count > 20)
    }
}
