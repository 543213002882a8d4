// SPDX-License-Identifier: Apache-2.0
import Testing

extension CommandTests.WatchingTheClock {
    @Suite(
        "A peer that does not read", .enabled(if: Host.isRoot, Host.isNotRoot),
        .enabled(if: Host.canRecord, Host.cannotRecord), .enabled(if: Host.hasCompiler, Host.hasNoCompiler))
    struct ClosedWindowTests {
        @Test("Censuses find its window closed, and the report says so")
        func told() throws {
            let target = try Loopback(isUnread: true)
            let recording = try Recording(
                of: target.processID, to: target.folder.file("x.pscope"), ["--duration", "3s", "--census", "300ms"])
            let outcome = try recording.outcome()
            let words = outcome.output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
            #expect(words.contains("did not read what 1 socket had for it: window closed at"), "\(outcome)")
        }
    }
}
