// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import Synchronization
import TestSupport
import Testing
import TraceModel

@testable import TraceFile

/// The second thread of a pass: nobody can tell it from a pass without, and it does not outlive the pass.
@Suite(.timeLimit(.minutes(15))) struct ReadingAheadTests {
    struct Enough: Error, Equatable { let after: Int }

    /// All that a pass tells.
    struct Outcome: Equatable {
        var records: [[UInt8]] = []
        var summary: ReadSummary?
        var error: String?
    }

    let folder = ScratchFolder()

    private func outcome(_ reader: TraceReader, ahead: Bool, ordered: Bool, enough: Int = .max) -> Outcome {
        reader.readsAhead = ahead
        var outcome = Outcome()
        do {
            let order = ordered ? RecordOrder.time(lateness: .seconds(1), windowBytes: 64 << 10) : .file
            outcome.summary = try reader.deliver(in: order) { view in
                if outcome.records.count == enough { throw Enough(after: enough) }
                outcome.records.append(Array(view.bytes))
            }
        } catch {
            outcome.error = "\(error)"
        }
        return outcome
    }

    /// A trace of more than all batches hold, whose order in the file is not that of time.
    private func longTrace(_ count: Int = 30_000) throws -> String {
        let path = folder.file("long.pscope")
        let writer = try TraceWriter.create(path: path, replaceExisting: true)
        var random = RandomRecords(seed: 4)
        for number in 0..<count {
            var record = ps_socket_io()
            record.header.timestamp_ns = UInt64(1_000_000 + number * 1000 + random.below(5000))
            record.header.kind = RecordKind.socketIO.rawValue
            record.socket_inode = UInt64(number)
            writer.append(.socketIO(record))
            if number % 4000 == 3999 { try writer.flush() }
        }
        try writer.finish(TraceEnd(reason: "duration", endedAt: MonotonicInstant(nanoseconds: 1)))
        return path
    }

    @Test(arguments: [false, true]) func aLongTraceIsDeliveredWhole(ordered: Bool) throws {
        let reader = try TraceReader(path: try longTrace())
        let ahead = outcome(reader, ahead: true, ordered: ordered)
        #expect(ahead.records.count == 30_000 && ahead.summary?.isWhole == true)
        #expect(ahead == outcome(reader, ahead: false, ordered: ordered))
    }

    /// Blocks of unknown types end the pass with an error: the records before it come first.
    @Test func damageAndErrorsComeInTheSameOrder() throws {
        let sample = try SampleTrace(folder, batches: 6, size: 12)
        var random = RandomRecords(seed: 11)
        var errors = 0
        for round in 0..<400 {
            var bytes = sample.bytes
            let block = sample.blocks[1 + random.below(7)].offset
            if round % 2 == 0 {
                bytes[block + 4] = 99
                bytes[block + 5] = 0
                bytes.sealBlock(at: block)
            }
            if random.below(2) == 0 { bytes[40 + random.below(bytes.count - 40)] ^= 1 << UInt8(random.below(8)) }
            if random.below(3) == 0 { bytes.removeLast(random.below(bytes.count / 2)) }
            folder.write("a.pscope", bytes)
            guard let reader = try? TraceReader(path: folder.file("a.pscope")) else { continue }
            for ordered in [false, true] {
                let plain = outcome(reader, ahead: false, ordered: ordered)
                #expect(outcome(reader, ahead: true, ordered: ordered) == plain)
                if plain.error != nil { errors += 1 }
            }
        }
        #expect(errors > 50)
    }

    @Test(arguments: [0, 1, 700, 29_999]) func aBodyThatThrowsEndsThePass(enough: Int) throws {
        let reader = try TraceReader(path: try longTrace())
        let whole = outcome(reader, ahead: false, ordered: true)
        let part = outcome(reader, ahead: true, ordered: true, enough: enough)
        #expect(part.error == "\(Enough(after: enough))" && part.summary == nil)
        #expect(part.records == Array(whole.records[..<enough]))
        // The thread has let go of the reader: it can be used again at once.
        #expect(outcome(reader, ahead: true, ordered: true) == whole)
    }

    @Test func noThreadOutlivesItsOwner() {
        guard
            let thread = ReadingThread({
                var sum = 0
                for number in 0..<1_000_000 { sum &+= number }
                Self.ended.store(sum != 0, ordering: .releasing)
            })
        else {
            Issue.record("there is no thread")
            return
        }
        thread.join()
        let hasEnded = Self.ended.load(ordering: .acquiring)
        #expect(hasEnded)
    }

    private static let ended = Atomic(false)

    /// Who fills waits for who empties.
    @Test func aFewBatchesAreInFlight() throws {
        let pipe = RecordPipe()
        guard
            let thread = ReadingThread({
                let bytes = [UInt8](repeating: 7, count: 1016)
                pipe.fill { deliver in
                    for _ in 0..<20_000 {
                        Self.filled.add(1, ordering: .relaxed)
                        try bytes.withUnsafeBytes { try deliver(RecordView(checkedKind: 1, bytes: $0)) }
                    }
                    return ReadSummary()
                }
            })
        else {
            Issue.record("there is no thread")
            return
        }
        var (emptied, most) = (0, 0)
        let summary = try pipe.empty { record in
            emptied += record.bytes.count == 1016 ? 1 : 0
            most = max(most, Self.filled.load(ordering: .relaxed) - emptied)
        }
        thread.join()
        #expect(summary == ReadSummary() && emptied == 20_000)
        #expect(most <= 8 * 64 + 1, "\(most) KiB were in flight")
    }

    private static let filled = Atomic(0)
}
