// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import Glibc
import Testing
@testable import TraceFile
import TraceModel

/// A disk of one megabyte that fills up while a trace is written.
@Suite(
    .serialized, .enabled(if: SmallDisk() != nil, "needs root and the right to mount a tmpfs"), .timeLimit(.minutes(15))
)
struct FullDiskTests {
    /// Random records hardly compress: they fill the disk within a few blocks.
    private func fill(_ writer: TraceWriter) -> (offered: Int, error: TraceFileError?) {
        var random = RandomRecords(seed: 5)
        var offered = 0
        while offered < 100_000 {
            for record in random.records(500) {
                offered += 1
                _ = record.bytes.withUnsafeBytes { writer.append(kind: record.kind, bytes: $0) }
            }
            do { try writer.flush() } catch { return (offered, error) }
        }
        return (offered, nil)
    }

    @Test(arguments: [64 << 10, 0]) func everyRecordIsInTheFileOrCountedAsLost(reserve: Int) throws {
        let disk = try #require(SmallDisk())
        let path = "\(disk.path)/full.pscope"
        let writer = try TraceWriter.create(path: path, codec: .stored, reserveBytes: reserve)
        let (offered, failure) = fill(writer)
        #expect(failure?.code == .diskFull && failure?.errno == ENOSPC)
        #expect(failure?.description.contains("\(writer.counters.recordsWritten) records") == true)
        #expect(failure?.description.contains("No space left on device") == true)
        let whole = writer.counters.fileBytes
        var status = stat()
        #expect(stat(path, &status) == 0 && UInt64(status.st_size) == whole, "cut back to the last whole block")

        // What comes later is refused, and counted as well.
        var late = ps_task_exit()
        late.header.kind = 10
        #expect(!writer.append(.taskExit(late)))
        #expect(writer.counters.recordsWritten + writer.counters.recordsLost == UInt64(offered) + 1)

        if reserve > 0 {
            try writer.write(.symbols([StackSymbol(address: 1, frames: [StackFrame(function: "main.main")])]))
            try writer.finish(TraceEnd(reason: "interrupted", endedAt: MonotonicInstant(nanoseconds: 1)))
        } else {
            // Without a reserve the end may fit into the last page, or not: either way the trace is sound.
            try? writer.finish(TraceEnd(reason: "interrupted", endedAt: MonotonicInstant(nanoseconds: 1)))
        }
        let lostBefore = writer.counters.recordsLost
        var losses: [ps_loss] = []
        let reader = try TraceReader(path: path)
        let summary = try reader.forEach { record in
            if case .loss(let loss) = record, loss.reason == ps_loss_reason.writer.rawValue { losses.append(loss) }
        }
        #expect(summary.truncatedAt == nil && summary.damagedRangeCount == 0)
        guard reserve > 0 else { return #expect(summary.records >= writer.counters.recordsWritten) }
        #expect(summary.isWhole)
        #expect(summary.records == writer.counters.recordsWritten)
        let description = try reader.description()
        #expect(description.end?.reason == "disk full")
        #expect(description.symbols.count == 1)
        #expect(description.end?.lost.values.reduce(0, +) == lostBefore)
        #expect(losses.suffix(TraceSchema.current.records.count).reduce(0) { $0 + $1.count } == lostBefore)
    }

    @Test func aDiskThatIsFullFromTheStartIsNamed() throws {
        let disk = try #require(SmallDisk())
        disk.exhaust()
        let error = #expect(throws: TraceFileError.self) { try TraceWriter.create(path: "\(disk.path)/a.pscope") }
        #expect(error?.code == .diskFull)
    }

    @Test func theReserveIsGivenBack() throws {
        let disk = try #require(SmallDisk())
        let free = disk.freeBytes
        let writer = try TraceWriter.create(path: "\(disk.path)/a.pscope", reserveBytes: 256 << 10)
        #expect(free - disk.freeBytes >= 256 << 10)
        try writer.finish(TraceEnd(reason: "duration", endedAt: MonotonicInstant(nanoseconds: 1)))
        #expect(free - disk.freeBytes <= 32 << 10)
    }
}
