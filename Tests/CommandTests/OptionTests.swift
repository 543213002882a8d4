// SPDX-License-Identifier: Apache-2.0
import Testing

extension CommandTests {
    @Suite struct OptionTests {
        @Test(
            "Unusable options are refused with exit code 2",
            arguments: [
                (["record", "-o", "x", "--pid", "1", "--duration", "soon"], "'soon' is invalid"),
                (["record", "-o", "x", "--pid", "1", "--duration=-3s"], "'-3s' is invalid"),
                (["record", "-o", "x", "--pid", "1", "--snapshot-interval", "5x"], "ns, us, ms, s, m or min, h, d"),
                (["record", "-o", "x", "--pid", "1", "--census", "5x"], "ns, us, ms, s, m or min, h, d"),
                (["record", "-o", "x", "--pid", "1", "--enable-pool", "nothing"], "There is no pool 'nothing'"),
                (["record", "-o", "x", "--pid", "1", "--ring", "0"], "The ring must have 1 to 1024 MiB."),
                (["record", "-o", "x", "--pid", "1", "--attach", "magic"], "'magic' is invalid"),
                (["record", "-o", "x", "--pid", "0"], "must be greater than 0"),
                (["record", "-o", "x", "--pid", "99999999999"], "'99999999999' is invalid"),
                (["record", "-o", "x"], "Missing expected argument '--pid"),
                (["record", "--pid", "1"], "Missing expected argument '--output"),
                (["analyze", "x", "--format", "yaml"], "There is no format 'yaml'."),
                (["analyze", "x", "--fail-on", "never"], "'never' is invalid"),
                (["analyze", "x", "--threshold", "lease-leak.age"], "is not NAME=VALUE"),
                (["analyze", "x", "--threshold", "lease-leak.age=5"], "Write a duration such as 5s"),
                (["analyze", "x", "--rules", "lease-leak,nonsense"], "There is no rule 'nonsense'."),
                (["analyze", "x", "--rules", "idle-hold", "--disable", "idle-hold"], "No rule is left to decide."),
                (["rules", "--disable", ""], "There is no rule ''."),
                (["analyze"], "Missing expected argument '<trace>'"),
                (["show", "x", "--lease", "0xzz"], "'0xzz' is invalid"),
                (["plan", "--pid", "1", "--format", "yaml"], "'yaml' is invalid"),
                (["destroy"], "Unexpected argument 'destroy'"),
            ])
        func refused(_ arguments: [String], _ message: String) throws {
            try Poolscope.expectRefusal(arguments, says: message, remedy: "Usage: poolscope")
        }

        @Test("Help and version are no failure")
        func help() throws {
            for arguments in [["--help"], ["record", "--help"], ["--version"]] {
                let outcome = try Poolscope.run(arguments)
                #expect(outcome.exitCode == 0)
                #expect(!outcome.output.isEmpty && outcome.error.isEmpty)
            }
        }
    }
}
