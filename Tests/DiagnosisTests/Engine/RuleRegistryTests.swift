// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
@testable import Diagnosis
import Testing
import TraceModel
import TraceScripts

@Suite(.timeLimit(.minutes(15))) struct RuleRegistryTests {
    private let pages: String = {
        let root = #filePath.split(separator: "/").dropLast(4).joined(separator: "/")
        return "/\(root)/docs/rules"
    }()

    @Test func everyRuleHasItsPageAndEveryPageItsRule() throws {
        let rules = Set(RuleRegistry.all.map(\.id))
        #expect(Set(try pathsByRule().keys) == rules)
    }

    @Test func everyThresholdIsOnThePageOfItsRule() throws {
        let paths = try pathsByRule()
        for setting in RuleRegistry.thresholds {
            let rule = try #require(setting.name.split(separator: ".").first)
            let path = try #require(paths[String(rule)], "\(rule) has no page")
            let page = try String(contentsOfFile: "\(pages)/\(path)", encoding: .utf8)
            #expect(page.contains("`\(setting.name)`"), "\(setting.name) is not in docs/rules/\(path)")
        }
    }

    /// Each page lies in the folder of its topic.
    private func pathsByRule() throws -> [String: String] {
        var paths: [String: String] = [:]
        for path in try FileManager.default.subpathsOfDirectory(atPath: pages) where path.hasSuffix(".md") {
            let file = try #require(path.split(separator: "/").last)
            #expect(paths.updateValue(path, forKey: String(file.dropLast(3))) == nil, "\(file) is there twice")
        }
        return paths
    }

    @Test func everyRuleAnswersOnAnEmptyTrace() {
        let report = RuleRegistry.report(on: TraceAnalysis())
        #expect(report.decisions.map(\.rule) == RuleRegistry.all.map(\.id))
        #expect(report.notEvaluated.count == report.decisions.count, "nothing is silently in order")
    }

    @Test func thresholdsAreSetFromText() throws {
        var thresholds = Thresholds()
        let age = try #require(RuleRegistry.thresholds.first { $0.name == "lease-leak.age" })
        #expect(age.set("250ms", in: &thresholds))
        #expect(thresholds[LeaseLeakRule.age] == .milliseconds(250))
        for text in ["", "5", "-5s", "5 s", "1e9h", "99999999999999h", "s"] {
            #expect(!age.set(text, in: &thresholds), "\(text)")
        }
        let share = try #require(RuleRegistry.thresholds.first { $0.name == "idle-hold.share" })
        #expect(!share.set("nan", in: &thresholds))
        #expect(share.set("0.5", in: &thresholds))
    }
}
