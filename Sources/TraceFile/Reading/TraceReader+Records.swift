// SPDX-License-Identifier: Apache-2.0
public import TraceModel

extension TraceReader {
    /// Calls `body` with each record in file order: that of the recorder, which is nearly that of time.
    ///
    /// - Returns: what was delivered, and what could not be.
    /// - Throws: what `body` throws; `TraceFileError` when the schema is lost, the disk fails, or a block needs a newer
    ///   poolscope.
    public func forEach(_ body: (TraceRecord) throws -> Void) throws -> ReadSummary {
        try deliver(in: .file) { try body($0.record) }
    }

    /// Calls `body` with each record in the order of time; records of one moment keep their order in the file.
    ///
    /// Sorts in a window, by what the block headers say of the blocks to come. A record that comes more than `lateness`
    /// after a later one, or further than the window's memory reaches, is delivered when it comes, and counted in
    /// `lateRecords`: it is never left out. The views that `body` gets are valid during its call.
    /// - Parameter windowBytes: records waiting for their turn, as C structs; more are not kept.
    public func forEachInTimeOrder(
        lateness: Duration = .seconds(1), windowBytes: Int = 128 << 20, _ body: (RecordView) throws -> Void
    ) throws -> ReadSummary {
        try deliver(in: .time(lateness: lateness, windowBytes: windowBytes), body)
    }

    /// One pass on the thread that calls.
    func pass(in order: RecordOrder, _ body: (RecordView) throws -> Void) throws -> ReadSummary {
        guard case .time(let lateness, let windowBytes) = order else {
            return try forEachRecord { kind, _, bytes in
                try body(RecordView(checkedKind: kind, bytes: bytes))
            } afterBlock: { _ in
            } atEnd: { _ in
            }
        }
        var sorter = RecordSorter(lateness: lateness, windowBytes: windowBytes)
        return try forEachRecord { kind, timestamp, bytes in
            try sorter.insert(kind: kind, timestamp: timestamp, bytes: bytes, body)
        } afterBlock: { next in
            try sorter.deliver(before: next, body)
        } atEnd: { summary in
            try sorter.finish(body)
            summary.lateRecords = sorter.lateRecords
        }
    }

    /// `afterBlock` gets the smallest timestamp in all blocks to come.
    @inline(__always)
    private func forEachRecord(
        _ body: (UInt16, UInt64, UnsafeRawBufferPointer) throws -> Void,
        afterBlock: (UInt64) throws -> Void, atEnd: (inout ReadSummary) throws -> Void
    ) throws -> ReadSummary {
        var summary = newSummary()
        var records: UInt64 = 0
        var (earliest, latest) = (UInt64.max, UInt64.min)
        var unreadable: [String] = []
        unpacker?.startPass()
        try forEachBlock(&summary, where: { $0 != .schema }) { number, type, header, payload in
            guard type == .records else {
                if TraceMetadata(type: type, json: payload) == nil { unreadable.append("\(type)") }
                return nil
            }
            guard let unpacker = self.unpacker else { throw TraceFileError.schemaLost(path) }
            let result = try unpacker.unpack(payload, count: Int(header.recordCount)) { kind, timestamp, bytes in
                records &+= 1
                earliest = min(earliest, timestamp)
                latest = max(latest, timestamp)
                try body(kind, timestamp, bytes)
            }
            let next = number + 1 < index.entries.count ? index.entries[number + 1].earliestFromHere : .max
            try afterBlock(next)
            return result.isExact ? nil : UInt64(Int(header.recordCount) - result.whole)
        }
        try atEnd(&summary)
        summary.records = records
        if records > 0 {
            summary.earliest = MonotonicInstant(nanoseconds: earliest)
            summary.latest = MonotonicInstant(nanoseconds: latest)
        }
        summary.unreadableMetadata = unreadable
        summary.unknownRecords = unpacker?.unknownRecords ?? [:]
        return summary
    }
}
