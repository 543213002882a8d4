// SPDX-License-Identifier: Apache-2.0
import Testing

/// Side by side: each test has its own folder, target and recording.
@Suite("poolscope as a user runs it", .timeLimit(.minutes(15)))
struct CommandTests {
    /// One after the other: how long something takes is part of what they expect.
    @Suite(.serialized) enum WatchingTheClock {}
}
