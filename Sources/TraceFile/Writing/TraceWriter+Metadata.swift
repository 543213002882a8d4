// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import FoundationEssentials
public import TraceModel

extension TraceWriter {
    /// Writes what the trace says about itself, after the records that wait.
    ///
    /// Still tried after the disk has refused records: space was kept back for it.
    /// - Throws: `TraceFileError` when the disk does not take it.
    public func write(_ metadata: TraceMetadata) throws(TraceFileError) {
        if isFinished { throw .closed(path) }
        sealRecords()
        observer?.observe(metadata)
        switch metadata {
        case .process(let facts): try writeJSON(.process, facts)
        case .plan(let plan): try writeJSON(.plan, plan)
        case .symbols(let symbols): try writeSymbols(symbols[...])
        case .end(let end): try writeJSON(.end, end)
        }
    }

    /// Writes the waiting records, the losses and the end, waits for the disk, and closes the file.
    ///
    /// If the disk has refused records, `failure` says why, `ps_loss` records say what is missing, and the end's `lost`
    /// and `reason` are completed.
    /// - Throws: `TraceFileError` when not even the end could be written; the file is closed all the same.
    public func finish(_ end: TraceEnd) throws(TraceFileError) {
        if isFinished { throw .closed(path) }
        sealRecords()
        writeLosses()
        var end = end
        for record in schema.records where losses[Int(record.kind)].count > 0 {
            end.lost[record.name, default: 0] &+= losses[Int(record.kind)].count
        }
        if let failure { end.reason = failure.code == .diskFull ? "disk full" : "write failed" }
        defer {
            isFinished = true
            file.close()
        }
        file.releaseReserve()
        observer?.observe(.end(end))
        try writeJSON(.end, end)
        let number = file.synchronize()
        if number != 0 {
            fail(number)
            if let failure { throw failure }
        }
    }

    /// Puts the records that the disk refused into the trace as losses: data, as every other loss.
    private func writeLosses() {
        guard counters.recordsLost > 0, packer.size(of: RecordKind.loss.rawValue) == MemoryLayout<ps_loss>.size
        else {
            return
        }
        for kind in losses.indices where losses[kind].count > 0 {
            var loss = ps_loss()
            loss.header.timestamp_ns = losses[kind].latest
            loss.header.kind = RecordKind.loss.rawValue
            loss.window_start_ns = losses[kind].earliest
            loss.count = losses[kind].count
            loss.lost_kind = UInt16(truncatingIfNeeded: kind)
            loss.reason = ps_loss_reason.writer.rawValue
            withUnsafeBytes(of: loss) { bytes in
                if let start = bytes.baseAddress { packer.append(kind: RecordKind.loss.rawValue, bytes: start) }
            }
        }
        sealRecords()
    }

    /// Symbols in blocks of a size that every reader accepts.
    private func writeSymbols(_ symbols: ArraySlice<StackSymbol>) throws(TraceFileError) {
        let limit = 10_000
        var rest = symbols
        repeat {
            try writeJSON(.symbols, Array(rest.prefix(limit)))
            rest = rest.dropFirst(limit)
        } while !rest.isEmpty
    }

    private func writeJSON(_ type: BlockType, _ value: some Encodable) throws(TraceFileError) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let json: [UInt8]
        do { json = Array(try encoder.encode(value)) } catch { throw .cannotEncode("\(type) block", error) }
        let number = json.withUnsafeBytes { writeBlock(type, payload: $0) }
        if number == 0 { return }
        if failure == nil && json.count <= TraceFormat.maximumBlockBytes {
            // The space kept back is for exactly this.
            fail(number)
            if json.withUnsafeBytes({ writeBlock(type, payload: $0) }) == 0 { return }
        }
        throw .writeFailed(path, number, savedBytes: file.size, savedRecords: counters.recordsWritten)
    }
}
