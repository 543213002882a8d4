// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import KernelProbes
import TargetInspection
import TraceFile
import TraceModel

/// Puts each stack, and the source location of each of its addresses, into the trace once: the analysis must not need
/// the binary.
struct StackRecorder {
    private let process: TargetProcess
    private let symbols: GoSymbolTable?
    private var known: Set<Int32> = []
    private var pending: [Int32] = []
    private var located: Set<UInt64> = []
    private var unlocated: [(address: UInt64, isReturn: Bool)] = []

    init(target: InspectedTarget) {
        process = target.process
        symbols = target.symbols
    }

    mutating func note(stack id: Int32) {
        if id >= 0, known.insert(id).inserted { pending.append(id) }
    }

    mutating func note(returnAddress address: UInt64) {
        if address != 0, located.insert(address).inserted { unlocated.append((address, true)) }
    }

    /// A stack of return addresses that is in the trace already.
    mutating func note(written stack: ps_stack) {
        let depth = min(Int(stack.depth), Int(PS_STACK_DEPTH))
        withUnsafeBytes(of: stack.addresses) { bytes in
            for address in bytes.bindMemory(to: UInt64.self).prefix(depth) { note(returnAddress: address) }
        }
    }

    /// Writes what was noted since the last time.
    mutating func write(from session: KernelSession, to writer: TraceWriter, now: UInt64) throws {
        for id in pending {
            guard let addresses = session.stack(id) else { continue }
            var record = ps_stack()
            record.header.timestamp_ns = now
            record.header.process_id = UInt32(bitPattern: process.processID)
            record.header.kind = RecordKind.stack.rawValue
            record.stack_id = id
            record.depth = UInt32(addresses.count)
            withUnsafeMutableBytes(of: &record.addresses) { bytes in
                addresses.withUnsafeBytes { bytes.copyMemory(from: $0) }
            }
            writer.append(.stack(record))
            for (index, address) in addresses.enumerated() where located.insert(address).inserted {
                unlocated.append((address, index > 0))
            }
        }
        pending.removeAll(keepingCapacity: true)
        guard let symbols, !unlocated.isEmpty else { return }
        let found = unlocated.map { item in
            StackSymbol(
                address: item.address,
                frames: symbols.frames(
                    at: process.linkAddress(of: item.address), isReturnAddress: item.isReturn))
        }
        unlocated.removeAll(keepingCapacity: true)
        try writer.write(.symbols(found.filter { !$0.frames.isEmpty }))
    }
}
