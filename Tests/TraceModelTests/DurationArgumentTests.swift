// SPDX-License-Identifier: Apache-2.0
import Testing
import TraceModel

struct DurationArgumentTests {
    @Test(arguments: [
        ("1ns", Duration.nanoseconds(1)), ("5us", .microseconds(5)), ("250ms", .milliseconds(250)),
        ("2.5s", .milliseconds(2500)),
        ("5m", .seconds(300)), ("5min", .seconds(300)), ("2h", .seconds(7200)), ("1d", .seconds(86_400)),
        ("1h30m", .seconds(5400)), ("1d2h3min4s5ms", .seconds(93_784) + .milliseconds(5)), ("0s", .zero),
    ])
    func unitsAndCompounds(_ text: String, _ duration: Duration) {
        #expect(Duration(argument: text) == duration)
        #expect(Duration(argument: text, bareSeconds: true) == duration)
    }

    @Test func bareNumberIsSecondsWhereAllowed() {
        #expect(Duration(argument: "90", bareSeconds: true) == .seconds(90))
        #expect(Duration(argument: "90") == nil)
    }

    @Test(arguments: [
        "", "s", "-5s", "5 s", "5S", "1m1h", "1s1s", "1h30", "30m1h", "1.2.3s", "nans", "1e9h", "40000d",
        "99999999999999h", "5x", "٣s",
    ])
    func othersAreNone(_ text: String) { #expect(Duration(argument: text, bareSeconds: true) == nil) }
}
