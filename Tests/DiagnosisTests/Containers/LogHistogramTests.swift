// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Diagnosis

@Suite(.timeLimit(.minutes(15))) struct LogHistogramTests {
    private func histogram(_ values: some Sequence<UInt64>) -> LogHistogram {
        var histogram = LogHistogram()
        for value in values { histogram.add(value) }
        return histogram
    }

    /// At most 1/32 above the value of that rank, and never below it.
    private func expect(_ histogram: LogHistogram, isThatOf values: [UInt64]) {
        let sorted = values.sorted()
        let statistics = histogram.statistics
        #expect(statistics.count == UInt64(sorted.count))
        for (percent, found) in [(50, statistics.p50), (99, statistics.p99)] {
            let value = sorted[(sorted.count * percent + 99) / 100 - 1]
            let measured = UInt64(found.wholeNanoseconds)
            #expect(measured >= value && measured <= value + value / 32, "p\(percent) of \(value) is \(measured)")
        }
        #expect(UInt64(statistics.longest.wholeNanoseconds) == sorted.last)
        #expect(statistics.total.wholeNanoseconds == sorted.reduce(0) { $0 + Int64($1) })
    }

    @Test(arguments: [1, 2, 3, 31, 32, 101, 1009])
    func percentilesOfSmallToLarge(count: Int) {
        for power in stride(from: 0, to: 40, by: 3) {
            let values = (0..<count).map { (UInt64($0) &* 7919 % 1009 + 1) << UInt64(power) }
            expect(histogram(values), isThatOf: values)
        }
    }

    @Test func valuesOfEveryMagnitudeInAnyOrder() {
        let rising = (0..<41).map { UInt64(1) << UInt64($0) } + [0, 5, 31, 32, 33]
        expect(histogram(rising), isThatOf: rising)
        expect(histogram(rising.reversed()), isThatOf: rising)
    }

    @Test func theGreatestValue() {
        let histogram = histogram([0, .max])
        #expect(histogram.statistics.p50 == .zero && histogram.statistics.longest == .nanoseconds(Int64.max))
    }

    @Test func sumsAreAsIfAllHadBeenOne() {
        let (few, many) = ((0..<13).map { UInt64($0) << 20 }, (0..<1009).map { UInt64($0) * 977 })
        var sum = histogram(few)
        sum.add(histogram(many))
        sum.add(LogHistogram())
        expect(sum, isThatOf: few + many)
        var other = LogHistogram()
        other.add(histogram(many))
        expect(other, isThatOf: many)
    }
}
