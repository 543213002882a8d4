// SPDX-License-Identifier: Apache-2.0
import Diagnosis
import Testing
import TraceModel

@Suite(.timeLimit(.minutes(15))) struct RuleConfigurationTests {
    private func configuration(_ text: String) throws -> RuleConfiguration {
        try RuleConfiguration(json: Array(text.utf8))
    }

    @Test func everyKeyIsRead() throws {
        let read = try configuration(
            """
            {"threshold": {"lease-leak.age": "30s", "pool-wait.rate": 100, "idle-hold.share": 0.25},
             "rules": ["lease-leak", "pool-wait"], "disable": ["pool-wait"], "fail-on": "warning",
             "suppress": [{"rule": "lease-leak", "subject": "a", "function": "b", "reason": "c"}]}
            """)
        #expect(
            read.thresholds == ["lease-leak.age": "30s", "pool-wait.rate": "100", "idle-hold.share": "0.25"])
        #expect(read.rules == ["lease-leak", "pool-wait"])
        #expect(read.disabled == ["pool-wait"])
        #expect(read.failOn == .warning)
        #expect(read.suppressions == [Suppression(rule: "lease-leak", subject: "a", function: "b", reason: "c")])
        #expect(try configuration("{}") == RuleConfiguration())
    }

    @Test(
        "What is not known or not usable is refused by its key, with the remedy",
        arguments: [
            ("{", "It is not JSON", "Correct it there."),
            ("", "It is not JSON", "Correct it there."),
            ("[]", "the document: it is a list", "Write an object"),
            (#"{"treshold": {}}"#, "'treshold' is not a key of the document", "use one of: threshold, rules"),
            (#"{"threshold": {"lease-leak.aeg": ""}}"#, "'lease-leak.aeg' is not a key of threshold", "lease-leak.age"),
            (
                #"{"threshold": {"lease-leak.age": 30}}"#, "threshold.lease-leak.age: '30' is not",
                "Write a duration such as 5s"
            ),
            (
                #"{"threshold": {"pool-wait.rate": -1}}"#, "threshold.pool-wait.rate: '-1.0' is not",
                "Write a whole number such as 50"
            ),
            (#"{"threshold": {"pool-wait.rate": true}}"#, "threshold.pool-wait.rate: it is true or false", "in quotes"),
            (#"{"rules": "lease-leak"}"#, "rules: it is a text", "Write a list"),
            (#"{"disable": ["nonsense"]}"#, "disable[0]: there is no rule 'nonsense'", "`poolscope rules`"),
            (#"{"fail-on": "never"}"#, "fail-on: 'never' is no severity", "Write note or warning or critical."),
            (#"{"suppress": [{}]}"#, "suppress[0].rule: it is missing", "Name the rule."),
            (
                #"{"suppress": [{"rule": "lease-leak", "function": "f"}]}"#, "suppress[0].reason: it is missing",
                "Say why"
            ),
            (
                #"{"suppress": [{"rule": "lease-leak", "function": "f", "reason": " "}]}"#,
                "suppress[0].reason: it is missing", "Say why"
            ),
            (
                #"{"suppress": [{"rule": "lease-leak", "reason": "r"}]}"#, "neither a subject nor a function",
                "use disable"
            ),
            (
                #"{"suppress": [{"rule": "lease-leak", "site": "f", "reason": "r"}]}"#,
                "'site' is not a key of suppress[0]", "rule, subject, function, reason"
            ),
        ])
    func refused(_ text: String, _ cause: String, _ remedy: String) {
        let error = #expect(throws: ConfigurationError.self) { try configuration(text) }
        #expect(error?.description.contains(cause) == true, "\(error?.description ?? "")")
        #expect(error?.description.contains(remedy) == true, "\(error?.description ?? "")")
    }

    @Test func everyThresholdIsWrittenAsItIsRead() {
        for setting in RuleRegistry.thresholds {
            var thresholds = Thresholds()
            #expect(setting.set(setting.usualValue.description, in: &thresholds), "\(setting.name)")
            #expect(setting.value(in: thresholds) == setting.usualValue, "\(setting.name)")
        }
    }
}
