// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Diagnosis
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
        let files = try FileManager.default.contentsOfDirectory(atPath: pages).filter { $0.hasSuffix(".md") }
        #expect(Set(files.map { String($0.dropLast(3)) }) == rules)
    }

    @Test func everyThresholdIsOnThePageOfItsRule() throws {
        for setting in ThresholdSetting.all {
            let rule = try #require(setting.name.split(separator: ".").first)
            let page = try String(contentsOfFile: "\(pages)/\(rule).md", encoding: .utf8)
            #expect(page.contains("`\(setting.name)`"), "\(setting.name) is not in docs/rules/\(rule).md")
        }
    }

    @Test func everyRuleAnswersOnAnEmptyTrace() {
        let report = RuleRegistry.report(on: TraceAnalysis())
        #expect(report.decisions.map(\.rule) == RuleRegistry.all.map(\.id))
        #expect(report.notEvaluated.count == report.decisions.count, "nothing is silently in order")
    }

    @Test func thresholdsAreSetFromText() throws {
        var thresholds = Thresholds()
        let age = try #require(ThresholdSetting.all.first { $0.name == "lease-leak.age" })
        #expect(age.set("250ms", in: &thresholds))
        #expect(thresholds.leaseLeakAge == .milliseconds(250))
        for text in ["", "5", "-5s", "5 s", "1e9h", "99999999999999h", "s"] {
            #expect(!age.set(text, in: &thresholds), "\(text)")
        }
        let share = try #require(ThresholdSetting.all.first { $0.name == "idle-hold.share" })
        #expect(!share.set("nan", in: &thresholds))
        #expect(share.set("0.5", in: &thresholds))
    }
}
