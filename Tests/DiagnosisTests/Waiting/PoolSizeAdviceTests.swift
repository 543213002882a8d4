// SPDX-License-Identifier: Apache-2.0
import Diagnosis
import Testing
import TraceModel
import TraceScripts

@Suite(.timeLimit(.minutes(15))) struct PoolSizeAdviceTests {
    /// `count` leases of 100 ms, one asked for every 20 ms: five at one time.
    private func script(_ count: UInt64 = 211) -> TraceScript {
        var script = TraceScript()
        script.poolState(at: 1, open: 10, idle: 10, maximum: 10)
        for index in 0..<count {
            let at = 1000 + Double(index) * 20
            script.acquire(at: at, goroutine: 10 + index, connection: 0x100 + index % 10, waited: 0.000001)
            script.release(at: at + 100, goroutine: 10 + index, connection: 0x100 + index % 10)
        }
        return script
    }

    private func advice(_ script: TraceScript) -> [Advice] { RuleRegistry.report(on: script.analysis()).advice }

    @Test func sizeIsByLittlesLawAndByReplay() throws {
        let advice = try #require(advice(script()).first)
        #expect(advice.id == "pool-size")
        #expect(
            advice.measurements == [
                Measurement("size", .count(8)), Measurement("acquires_per_second_peak", .count(50)),
                Measurement("mean_hold", .duration(.milliseconds(100))), Measurement("maximum_open", .count(10)),
            ])
        let waits = Dictionary(uniqueKeysWithValues: advice.curve.map { ($0.size, $0.waitP99) })
        #expect(waits[5] == .zero, "five connections are just enough")
        #expect(waits[8] == .zero && waits[10] == .zero && waits[16] == .zero && waits[20] == .zero)
        // With four, each request asks 20 ms after the last and is served 25 ms after it: 5 ms more for each.
        let four = try #require(waits[4])
        #expect(four > .milliseconds(900) && four < .milliseconds(1060), "\(four)")
    }

    @Test func fewLeasesOrLossesMakeNone() {
        #expect(advice(script(99)).isEmpty)
        var lossy = script()
        lossy.loss(from: 0, to: 50, kind: .poolRelease, count: 1)
        #expect(advice(lossy).isEmpty)
        #expect(RuleRegistry.report(on: TraceAnalysis()).advice.isEmpty)
    }

    @Test func adviceIsNoFinding() {
        let report = RuleRegistry.report(on: script().analysis())
        #expect(!report.advice.isEmpty)
        #expect(report.worstSeverity == nil)
    }
}
