// SPDX-License-Identifier: Apache-2.0
import Diagnosis
import Testing
import TraceModel
import TraceScripts

@Suite(.timeLimit(.minutes(15))) struct TimeoutAdviceTests {
    /// One lease with a query for each of `times`, in ms.
    private func advice(_ times: [Double], lost: Bool = false) -> [Advice] {
        var script = TraceScript()
        script.connect(at: 1, inode: 900, descriptor: 7)
        script.acquire(at: 50, goroutine: 5, connection: 0xc0, inode: 900, descriptor: 7)
        for (index, time) in times.enumerated() {
            let at = 100 + Double(index) * 1000
            script.send(at: at, inode: 900, goroutine: 5)
            script.receive(at: at + time / 2, inode: 900, goroutine: 5, bytes: -11)
            // An answer in two parts: the first ends the round trip.
            script.receive(at: at + time, inode: 900, goroutine: 5)
            script.receive(at: at + time + 5, inode: 900, goroutine: 5)
        }
        if lost { script.loss(from: 0, to: 50, kind: .socketIO, count: 1) }
        return RuleRegistry.report(on: script.analysis(after: 90)).advice
    }

    @Test func timeoutIsByTheLastRoundTrips() throws {
        // The first 11 are long and not among the last 32, of which the 29th is 400 ms.
        let times =
            Array(repeating: 900.0, count: 11) + Array(repeating: 20, count: 28) + Array(repeating: 400, count: 4)
        let advice = try #require(advice(times).first { $0.id == "timeout-setting" })
        #expect(advice.subject.description == "10.0.0.5:5432")
        #expect(
            advice.text
                == "600 ms for a request: P90 of the last 32 round trips, 400 ms, x 1.5, at least 200 ms. "
                + "1.3 s for the check of a connection: P95, 400 ms, x 3 and 100 ms of margin.")
    }

    @Test func fastServersGetTheLeastTimeout() throws {
        let advice = try #require(advice(Array(repeating: 3, count: 32)).first)
        #expect(advice.text.hasPrefix("200 ms for a request"))
    }

    @Test func fewRoundTripsOrLossesMakeNone() {
        #expect(advice(Array(repeating: 3, count: 31)).isEmpty)
        #expect(advice(Array(repeating: 3, count: 37), lost: true).isEmpty)
    }
}
