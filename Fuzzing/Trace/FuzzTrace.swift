// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import Diagnosis
import Glibc
import Reports
@testable import TraceFile
import TraceModel

/// libFuzzer's entry: the bytes are a trace file, read in both orders, analysed, and printed in every format.
///
/// All checksums are put right first: a reader that stops at them would never meet bad content. (That they are held
/// against the content is tested elsewhere.)
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzTrace(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    var bytes = Array(UnsafeBufferPointer(start: start, count: count))
    bytes.withUnsafeMutableBytes(sealAll)
    guard scratch.replace(with: bytes) else { return -1 }
    do {
        let reader = try TraceReader(path: scratch.path)
        var inFileOrder: UInt64 = 0
        let summary = try reader.forEach { _ in inFileOrder += 1 }
        precondition(summary.records == inFileOrder, "the summary counts other records than were delivered")
        analyze(reader)
        countCalls(reader)
    } catch is TraceFileError {
        return 0
    } catch {
        preconditionFailure("an error without a remedy: \(error)")
    }
    return 0
}

private let scratch = ScratchDescriptor()

/// As `poolscope analyze` does.
private func analyze(_ reader: TraceReader) {
    guard let description = try? reader.description() else { return }
    var analyzer = TraceAnalyzer(description.metadata)
    let printer = RecordPrinter()
    let summary = try? reader.forEachInTimeOrder(windowBytes: 64 << 10) { record in
        let ordinal = analyzer.consume(record)
        if ordinal < 64 { _ = printer.json(record.record, ordinal: ordinal) }
    }
    analyzer.finish(losses: summary?.lossRecords() ?? [])
    let report = RuleRegistry.report(on: analyzer.analysis())
    for renderer in ReportRegistry.all { _ = renderer.render(report, RenderOptions(isColored: true)) }
}

/// As `poolscope sockets` does, but for the trace's end, after which it counts no calls: here all must be counted.
private func countCalls(_ reader: TraceReader) {
    var ledger = TrafficLedger()
    guard let description = try? reader.description() else { return }
    if let plan = description.plan { ledger.consume(.plan(plan)) }
    var calls: UInt64 = 0
    let summary = try? reader.forEachInTimeOrder(windowBytes: 64 << 10) { record in
        if case .socketIO(let io) = record.record, io.socket_inode != 0 { calls += 1 }
        ledger.consume(record)
    }
    for loss in summary?.lossRecords() ?? [] { ledger.consume(loss) }
    let printer = SocketPrinter(wallClock: ledger.wallClock)
    var counted: UInt64 = 0
    for socket in ledger.all {
        for traffic in [socket.receives, socket.sends] { counted &+= traffic.calls &- traffic.summed }
        precondition(socket.openLeases <= socket.leases, "more leases are open than were given")
        _ = (printer.text(socket), printer.json(socket))
    }
    precondition(counted == calls, "\(calls) calls, and \(counted) are counted")
}

/// Puts the checksums of the file header and of all blocks right.
private func sealAll(_ bytes: UnsafeMutableRawBufferPointer) {
    let isTrace = bytes.count >= TraceFormat.fileHeaderSize
    guard isTrace else { return }
    bytes.storeLittleEndian(CRC32C.checksum(.init(rebasing: UnsafeRawBufferPointer(bytes)[..<36])), at: 36)
    let headerSize = TraceFormat.blockHeaderSize
    var offset = TraceFormat.fileHeaderSize
    while offset + headerSize <= bytes.count {
        let block = UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(bytes)[offset...])
        guard block.littleEndian(at: 0) == TraceFormat.blockMagic else {
            offset += 1
            continue
        }
        let length: UInt32 = block.littleEndian(at: 8)
        let end = headerSize + Int(length)
        if end <= block.count {
            let checksum = CRC32C.checksum(.init(rebasing: block[headerSize..<end]))
            bytes.storeLittleEndian(checksum, at: offset + 20)
        }
        bytes.storeLittleEndian(CRC32C.checksum(.init(rebasing: block[..<52])), at: offset + 52)
        offset += end <= block.count ? end : headerSize
    }
}
