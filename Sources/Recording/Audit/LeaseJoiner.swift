// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import Glibc
import KernelProbes
import TargetInspection
import TraceModel

/// Teaches the kernel side the ways from connection objects to sockets, type by type as it meets them, and follows those
/// leases itself that came before it had learnt.
struct LeaseJoiner {
    private let process: TargetProcess
    private let chains: PointerChainReader?
    private var taught: Set<UInt64> = []
    /// Fields that the plan has already.
    private let planned: Set<String>
    /// Why some leases will not be joined by their pointers: one sentence for each type.
    private(set) var blindSpots: [String] = []
    /// The fields at which the hops end that were taught.
    private(set) var offsets: [PlannedOffset] = []

    init(target: InspectedTarget) {
        process = target.process
        planned = Set(target.fields?.planned.map(\.field) ?? [])
        chains = target.types.map {
            PointerChainReader(types: $0, memory: target.process.memory, known: target.standardHops)
        }
    }

    /// The join of a lease whose pointer chain in the kernel ended at a type that it did not know.
    mutating func complete(
        _ record: ps_pool_acquire_end, along hop: PointerHop, session: KernelSession, now: UInt64
    ) -> TraceRecord? {
        teach(record.unknown_type, session: session)
        guard let descriptor = descriptor(from: record.connection, along: hop, session: session),
            let inode = socketInode(descriptor)
        else { return nil }
        var join = ps_lease_join()
        join.header = record.header
        join.header.kind = RecordKind.leaseJoin.rawValue
        join.header.timestamp_ns = now
        join.connection = record.connection
        join.acquired_ns = record.header.timestamp_ns
        join.socket_inode = inode
        join.descriptor = descriptor
        return .leaseJoin(join)
    }

    /// The handshake with its socket, where that can be found.
    mutating func complete(_ record: ps_tls_handshake, along hop: PointerHop, session: KernelSession)
        -> ps_tls_handshake
    {
        var record = record
        guard let found = descriptor(from: record.connection, along: hop, session: session) else { return record }
        record.descriptor = found
        guard let inode = socketInode(found) else { return record }
        record.socket_inode = inode
        record.walk_status = ps_walk_status.socket.rawValue
        return record
    }

    /// The descriptor behind an object. All types on the way are taught at once: the kernel side follows the next itself.
    private mutating func descriptor(from object: UInt64, along hop: PointerHop, session: KernelSession) -> Int32? {
        var met: [UInt64] = []
        let found = chains?.descriptor(from: object, along: hop) { met.append($0) }
        for type in met { teach(type, session: session) }
        return found
    }

    private mutating func teach(_ type: UInt64, session: KernelSession) {
        guard let chains, taught.insert(type).inserted else { return }
        switch chains.hop(fromType: type) {
        case .hop(let hop):
            guard let native = ps_pointer_hop(hop) else { return }
            do {
                try session.setPointerHop(type: type, native)
                note(hop, from: type, chains)
            } catch {
                blindSpots.append("\(error)")
            }
        case .none(let reason):
            blindSpots.append("Leases are not joined by following pointers where \(reason).")
        }
    }

    private mutating func note(_ hop: PointerHop, from type: UInt64, _ chains: PointerChainReader) {
        guard let field = chains.field(fromType: type)?.description, !planned.contains(field) else { return }
        let place = hop.place(after: 0)
        offsets.append(
            PlannedOffset(
                field: field, dereferenceOffsets: place.dereferences, offset: Int64(place.offset), size: place.size,
                origin: GoFieldOrigin.typeDescriptor.description, note: "learnt while recording"))
    }

    private func socketInode(_ descriptor: Int32) -> UInt64? {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64) { buffer in
            guard let base = buffer.baseAddress else { return nil }
            let count = readlink("/proc/\(process.processID)/fd/\(descriptor)", base, 63)
            guard count > 9 else { return nil }
            base[count] = 0
            let text = String(cString: base)
            return text.hasPrefix("socket:[") ? UInt64(text.dropFirst(8).dropLast()) : nil
        }
    }
}
