// SPDX-License-Identifier: Apache-2.0
@testable import Correlation
import Testing
import TraceModel

@Suite struct BoundedMemoryTests {
    @Test(arguments: [1, 31, 32, 1000, 40_000_000, 123_456_789_012] as [UInt64])
    func histogramIsAtMostThreePercentHigh(_ value: UInt64) {
        var histogram = LogHistogram()
        histogram.add(value)
        histogram.add(value &* 1000)
        let p50 = histogram.statistics.p50.wholeNanoseconds
        #expect(p50 >= Int64(value))
        #expect(Double(p50) <= Double(value) * 1.032)
        #expect(histogram.statistics.p99 == .nanoseconds(Int64(value * 1000)), "never above the longest")
    }

    @Test func histogramTakesTheLargestNumber() {
        var histogram = LogHistogram()
        histogram.add(.max)
        histogram.add(.max)
        #expect(histogram.statistics.count == 2)
        #expect(histogram.statistics.longest == .nanoseconds(Int64.max))
    }

    @Test func percentilesAreRanks() {
        var histogram = LogHistogram()
        for value in 1...UInt64(100) { histogram.add(value * 1_000_000) }
        let statistics = histogram.statistics
        #expect((50.0...51.7).contains(Double(statistics.p50.wholeNanoseconds) / 1e6))
        #expect((99.0...100.0).contains(Double(statistics.p99.wholeNanoseconds) / 1e6))
    }

    @Test func waitLogKeepsTheLongerHalf() {
        var log = WaitLog(floor: 10)
        for index in 0..<UInt64(20_000) {
            log.add(
                LoggedWait(
                    begin: index, end: index + 10 + index % 1000, ordinal: index,
                    holder: Holder(goroutineID: 1, threadID: 1), site: 0))
        }
        #expect(log.waits.count <= 8192)
        #expect(log.floor > 10)
        #expect(log.waits.allSatisfy { $0.length >= log.floor })
    }

    @Test func equallyLongWaitsAreBoundedToo() {
        var log = WaitLog(floor: 10)
        for index in 0..<UInt64(20_000) {
            log.add(
                LoggedWait(
                    begin: index, end: index + 50, ordinal: index, holder: Holder(goroutineID: 1, threadID: 1), site: 0)
            )
        }
        #expect(log.waits.count <= 8192)
        #expect(log.waits.last?.ordinal == 19_999)
        #expect(log.peakQueue(with: []) == 50)
    }

    @Test func busiestSecondIsKept() {
        var meter = RateMeter()
        for time in [1_000_000_000, 1_500_000_000, 1_900_000_000, 2_100_000_000] as [UInt64] { meter.mark(time) }
        #expect(meter.peak == 3)
    }
}
