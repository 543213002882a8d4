// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import TraceModel

/// Numbers the stacks that the recorder reads itself, so that each is in the trace once.
struct UserStackCollector {
    private var known: [[UInt64]: Int32] = [:]
    /// Those that were known when there were too many, until they are met again or there are too many once more.
    private var older: [[UInt64]: Int32] = [:]
    private var next = Int32(PS_FIRST_OWN_STACK_ID)

    /// More different places than holders are in; beyond, those that no holder was in for long are forgotten.
    private static let limit = 16_384

    /// The id of a stack.
    ///
    /// - Parameter write: is called with the record of a stack that is not in the trace yet.
    mutating func id(of addresses: [UInt64], _ header: ps_header, write: (ps_stack) -> Void) -> Int32 {
        let addresses = Array(addresses.prefix(Int(PS_STACK_DEPTH)))
        if let id = known[addresses] { return id }
        if known.count >= Self.limit {
            older = known
            known.removeAll()
        }
        if let id = older.removeValue(forKey: addresses) {
            known[addresses] = id
            return id
        }
        let id = next
        // Each audit adds 10,000 at most: this never ends in practice, and starts over if it does.
        next = next == .max ? Int32(PS_FIRST_OWN_STACK_ID) : next + 1
        known[addresses] = id
        var record = ps_stack()
        record.header = header
        record.header.kind = RecordKind.stack.rawValue
        record.stack_id = id
        record.depth = UInt32(addresses.count)
        withUnsafeMutableBytes(of: &record.addresses) { bytes in
            addresses.withUnsafeBytes { bytes.copyMemory(from: $0) }
        }
        write(record)
        return id
    }
}
