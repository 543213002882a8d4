// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Testing
import TestSupport

@testable import TraceModel

/// The numbers of wait reasons, against the sources of the toolchains that are here.
@Suite(.timeLimit(.minutes(15))) struct GoWaitReasonTests {
    /// Runtime sources by minor version: Debian's, and those that scripts/fetch-go.sh fetched.
    private static let sources: [Int: String] = {
        var sources: [Int: String] = [:]
        let folder = PackageRoot.path + "/.cache/go"
        let fetched = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        let paths =
            [("1.19", "/usr/lib/go-1.19/src/runtime/runtime2.go")]
            + fetched.sorted().map { ($0, "\(folder)/\($0)/go/src/runtime/runtime2.go") }
        for (version, path) in paths {
            let parts = version.split(separator: ".")
            guard parts.count >= 2, let minor = Int(parts[1]),
                let text = try? String(contentsOfFile: path, encoding: .utf8)
            else { continue }
            sources[minor] = text
        }
        return sources
    }()

    @Test(
        .enabled(if: !sources.isEmpty, "no Go toolchain: install golang-go and run scripts/fetch-go.sh"),
        arguments: sources.keys.sorted())
    func numbersAreThoseOfTheRuntime(_ minor: Int) throws {
        let text = try #require(Self.sources[minor])
        let constants = text.split(separator: "\n").drop { !$0.contains("waitReasonZero ") }
            .prefix { $0 != ")" }
            .compactMap { line in line.split { " \t".contains($0) }.first { $0.hasPrefix("waitReason") } }
        let names = text.split(separator: "\n").drop { !$0.contains("var waitReasonStrings") }
            .prefix { $0 != "}" }.dropFirst()
        var strings: [Substring: String] = [:]
        for line in names {
            let parts = line.split(separator: "\"", omittingEmptySubsequences: false)
            guard parts.count >= 2, let name = line.split(separator: ":").first else { continue }
            strings[name.drop { " \t".contains($0) }] = String(parts[1])
        }
        #expect(constants.count > 20)
        #expect(GoWaitReason.reasons(ofMinor: minor) == constants.map { strings[$0] ?? "?" })
    }

    @Test func textDependsOnTheVersion() {
        #expect(GoWaitReason.text(14, goVersion: "go1.24.11") == "chan receive")
        #expect(GoWaitReason.text(14, goVersion: "go1.27.3 X:boringcrypto") == "sleep")
        #expect(GoWaitReason.text(0, goVersion: "go1.24.11") == nil)
        #expect(GoWaitReason.text(200, goVersion: "go1.24.11") == nil)
        for version in [nil, "", "go1.", "go1.20.1", "go1.28", "go2.24", "devel"] as [String?] {
            #expect(GoWaitReason.text(2, goVersion: version) == nil)
        }
    }
}
