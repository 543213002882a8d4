// SPDX-License-Identifier: Apache-2.0
import Glibc
import Testing
import TestSupport

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

        @Test("The version names the commit, where there is one")
        func version() throws {
            let words = try Poolscope.run(["--version"]).output.split { $0.isWhitespace }
            let number = try #require(words.first).split(separator: ".", omittingEmptySubsequences: false)
            #expect(number.count == 3 && number.prefix(2).allSatisfy { UInt($0) != nil }, "\(words)")
            // An unpacked archive has no commit.
            guard access("\(PackageRoot.path)/.git", F_OK) == 0 else { return #expect(words.count == 1) }
            try #require(words.count == 2 && words[1].hasPrefix("(") && words[1].hasSuffix(")"), "\(words)")
            #expect((7...40).contains(words[1].count - 2) && words[1].dropFirst().dropLast().allSatisfy(\.isHexDigit))
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
