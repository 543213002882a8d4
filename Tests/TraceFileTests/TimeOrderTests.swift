// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import Testing
import TestSupport
import TraceFile
import TraceModel

@Suite(.timeLimit(.minutes(15))) struct TimeOrderTests {
    let folder = ScratchFolder()

    private func exit(_ timestamp: UInt64, _ number: Int) -> TraceRecord {
        var record = ps_task_exit()
        record.header.timestamp_ns = timestamp
        record.header.kind = 10
        record.exit_code = Int32(number)
        return .taskExit(record)
    }

    /// Writes `timestamps` in blocks of `block`, reads them in the order of time: (timestamp, place in the file).
    private func order(
        _ timestamps: [UInt64], block: Int, lateness: Duration = .seconds(1), windowBytes: Int = 128 << 20
    ) throws -> (delivered: [(UInt64, Int)], summary: ReadSummary) {
        let path = folder.file("a.pscope")
        let writer = try TraceWriter.create(path: path, replaceExisting: true)
        for (number, timestamp) in timestamps.enumerated() {
            writer.append(exit(timestamp, number))
            if number % block == block - 1 { try writer.flush() }
        }
        try writer.finish(TraceEnd(reason: "duration", endedAt: MonotonicInstant(nanoseconds: 0)))
        var delivered: [(UInt64, Int)] = []
        let summary = try TraceReader(path: path).forEachInTimeOrder(
            lateness: lateness, windowBytes: windowBytes
        ) { view in
            guard case .taskExit(let exit) = view.record else { return }
            delivered.append((exit.header.timestamp_ns, Int(exit.exit_code)))
        }
        return (delivered, summary)
    }

    @Test(arguments: [1, 3, 100, 5000]) func disorderWithinTheLatenessIsSorted(block: Int) throws {
        var random = RandomRecords(seed: 6)
        // Coarse steps: many records of one moment, whose order in the file must stay.
        let timestamps = (0..<5000).map { UInt64($0 / 4 * 1000 + random.below(200) * 1000) }
        let (delivered, summary) = try order(timestamps, block: block)
        let expected = timestamps.enumerated().map { ($1, $0) }.sorted { $0 < $1 }
        #expect(delivered.map(\.0) == expected.map(\.0) && delivered.map(\.1) == expected.map(\.1))
        #expect(summary.lateRecords == 0 && summary.records == 5000)
        #expect(summary.earliest?.nanoseconds == timestamps.min() && summary.latest?.nanoseconds == timestamps.max())
    }

    @Test func whatComesTooLateIsDeliveredAndCounted() throws {
        let second: UInt64 = 1_000_000_000
        // The fourth is 1.5 s late, the fifth half a second.
        let timestamps = [10 * second, 12 * second, 20 * second, 18 * second + second / 2, 19 * second + second / 2]
        let (delivered, summary) = try order(timestamps + [30 * second], block: 1)
        // The block headers announce the late ones, but the window is one second.
        #expect(delivered.map(\.1) == [0, 1, 3, 4, 2, 5])
        #expect(summary.lateRecords == 0)

        let late = try order([10 * second, 20 * second, 21 * second, 5 * second, 22 * second], block: 1)
        #expect(late.delivered.map(\.1) == [0, 3, 1, 2, 4])
        #expect(late.summary.lateRecords == 1 && late.summary.records == 5)
    }

    @Test func theWindowIsBounded() throws {
        // The first comes last: sorting that would take all records.
        let timestamps = (1...20_000).map { UInt64($0) } + [0]
        let (delivered, summary) = try order(timestamps, block: 4000, windowBytes: 64 << 10)
        #expect(delivered.count == 20_001 && summary.lateRecords == 1)
        #expect(delivered.filter { $0.0 != 0 }.map(\.0) == Array(timestamps.dropLast()))
    }

    @Test func aLiveStreamIsDeliveredBehindTheWatermark() throws {
        var sorter = RecordSorter(lateness: .nanoseconds(100))
        var delivered: [UInt64] = []
        func insert(_ timestamps: UInt64...) {
            for timestamp in timestamps {
                let record = exit(timestamp, 0)
                let isTaken = record.withBytes { bytes in
                    sorter.insert(kind: 10, bytes: bytes) { delivered.append($0.header.timestamp_ns) }
                }
                #expect(isTaken)
            }
            sorter.deliver { delivered.append($0.header.timestamp_ns) }
        }
        insert(1000, 990, 1050)
        #expect(delivered.isEmpty && sorter.waiting == 3)
        insert(1120)
        #expect(delivered == [990, 1000])
        insert(995, 1060)
        #expect(delivered == [990, 1000, 995] && sorter.lateRecords == 1 && sorter.greatestLateness == .nanoseconds(5))
        sorter.finish { delivered.append($0.header.timestamp_ns) }
        #expect(delivered == [990, 1000, 995, 1050, 1060, 1120] && sorter.waiting == 0)
        #expect([1, 2, 3].withUnsafeBytes { sorter.insert(kind: 10, bytes: $0) { _ in } } == false)
    }
}
