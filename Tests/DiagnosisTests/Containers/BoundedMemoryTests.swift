// SPDX-License-Identifier: Apache-2.0
@testable import Diagnosis
import Testing
import TraceModel
import TraceScripts

@Suite(.timeLimit(.minutes(15))) struct BoundedMemoryTests {
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
                    holder: Holder(goroutineID: 1, threadID: 1), site: 0, occupied: 0))
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
                    begin: index, end: index + 50, ordinal: index, holder: Holder(goroutineID: 1, threadID: 1), site: 0,
                    occupied: 0)
            )
        }
        #expect(log.waits.count <= 8192)
        #expect(log.waits.last?.ordinal == 19_999)
        #expect(log.peakQueue(with: []) == 50)
    }

    /// Connections that are closed are forgotten, by their close, by their socket's, or when there are too many.
    @Test(arguments: [true, false]) func connectionsAreForgotten(_ isCloseTraced: Bool) {
        var correlator = Correlator(keepsEndedLeases: true)
        TraceScript().metadata.forEach { correlator.consume($0) }
        var most = 0
        for index in 0..<UInt64(20_000) {
            var script = TraceScript()
            let at = Double(index)
            let inode = 1000 + index
            script.connect(at: at, inode: inode, descriptor: 7, goroutine: 5)
            script.acquire(at: at + 0.1, goroutine: 5, connection: 0xc000 + index, inode: inode, waited: 0.001)
            script.release(at: at + 0.2, goroutine: 5, connection: 0xc000 + index)
            if isCloseTraced { script.connectionClose(at: at + 0.3, connection: 0xc000 + index, goroutine: 5) }
            script.socketClose(at: at + 0.4, inode: inode, goroutine: 5)
            for record in script.records { correlator.consume(record, ordinal: index) }
            most = max(most, correlator.core.connections.count)
            #expect(correlator.takeEndedLeases().map(\.ending?.kind) == [.closedWithoutError])
        }
        #expect(most == 0)
    }

    @Test func connectionsOfNoKnownEndAreBounded() {
        var correlator = Correlator()
        TraceScript().metadata.forEach { correlator.consume($0) }
        for index in 0..<UInt64(70_000) {
            var script = TraceScript()
            script.acquire(at: Double(index), goroutine: 5, connection: 0xc000 + index, waited: 0.001)
            if index > 0 { script.release(at: Double(index) + 0.1, goroutine: 5, connection: 0xc000 + index) }
            for record in script.records { correlator.consume(record, ordinal: index) }
        }
        #expect(correlator.core.connections.count <= 65_536)
        #expect(
            correlator.core.connections.slot(LeaseKey(adapterID: 0, connection: 0xc000)) != nil, "the leased one stays")
        #expect(correlator.analysis().pools.first?.reuse.connections == 70_000)
    }

    /// Ended leases wait a second at most, and what waits is what ended in it.
    @Test func endedLeasesAreHandedOut() {
        var correlator = Correlator(keepsEndedLeases: true)
        TraceScript().metadata.forEach { correlator.consume($0) }
        var (taken, longest) = (0, 0)
        for index in 0..<UInt64(5000) {
            var script = TraceScript()
            script.acquire(at: Double(index), goroutine: 5, connection: 0xc000 + index, waited: 0.001)
            script.release(at: Double(index) + 0.1, goroutine: 5, connection: 0xc000 + index)
            for record in script.records { correlator.consume(record, ordinal: index) }
            taken += correlator.takeEndedLeases().count
            longest = max(longest, Int(index) + 1 - taken)
        }
        #expect(longest <= 1002)
        correlator.finish()
        #expect(taken + correlator.takeEndedLeases().count == 5000)
    }

    @Test func busiestSecondIsKept() {
        var meter = RateMeter()
        for time in [1_000_000_000, 1_500_000_000, 1_900_000_000, 2_100_000_000] as [UInt64] { meter.mark(time) }
        #expect(meter.peak == 3)
    }
}
