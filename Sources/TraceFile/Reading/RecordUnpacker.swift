// SPDX-License-Identifier: Apache-2.0

/// Unpacks the payloads of record blocks by the file's schema. Nothing in a payload is trusted.
final class RecordUnpacker {
    /// What the hot path needs of one record kind of the file.
    private struct Kind {
        var size: Int
        var laneStart: Int
        /// Bits that a change mask may have.
        var maskBits: UInt64
        var referenceStart: Int
        /// The kind in this version, where it is known.
        var kind: UInt16
        /// The struct is the same in this version byte by byte.
        var isSame: Bool
        /// Where the struct says its kind once more.
        var kindOffset: Int
    }

    private struct Lane {
        /// Bytes from the start of the record.
        var offset: Int
        /// The bits of the lane in the eight bytes from there.
        var bits: UInt64
    }

    private static let streamCount = TraceFormat.leadingStreams + TraceFormat.maximumMaskedLanes
    private let kindCount: Int
    private let kinds: UnsafeMutablePointer<Kind>
    private let lanes: UnsafeMutablePointer<Lane>
    private let references: UnsafeMutableRawPointer
    /// The number of the block in which each slot of each kind was last used.
    private let slotBlocks: UnsafeMutablePointer<UInt32>
    private var block: UInt32 = 0
    /// The rest of each stream.
    private let streams: UnsafeMutablePointer<PackedInput>
    private let scratch: UnsafeMutableRawBufferPointer
    /// By place in the schema; `nil`: this version does not know the kind.
    let mappings: [RecordMapping?]
    private let names: [String]
    /// Records of unknown kinds so far, by place in the schema.
    private var unknown: [UInt64]

    /// Makes an unpacker for a schema that has been checked.
    init(schema: TraceSchema) {
        let plan = schema == .current ? UnpackPlan.current : UnpackPlan(schema: schema)
        let recordLanes = plan.lanes
        mappings = plan.mappings
        kindCount = schema.records.count
        names = schema.records.map(\.name)
        unknown = Array(repeating: 0, count: kindCount)
        kinds = .allocate(capacity: max(kindCount, 1))
        lanes = .allocate(capacity: max(recordLanes.reduce(0) { $0 + $1.count }, 1))
        var (laneCount, referenceBytes) = (0, 0)
        for (index, record) in schema.records.enumerated() {
            let mapping = mappings[index]
            (kinds + index).initialize(
                to: Kind(
                    size: record.size, laneStart: laneCount,
                    maskBits: recordLanes[index].isEmpty ? 0 : (1 << UInt64(recordLanes[index].count - 1)) - 1,
                    referenceStart: referenceBytes, kind: mapping?.kind ?? 0,
                    isSame: mapping != nil && mapping?.moves == nil,
                    kindOffset: mapping?.kindOffset ?? 0))
            for lane in recordLanes[index] {
                (lanes + laneCount).initialize(to: Lane(offset: lane.offset, bits: .max >> UInt64(64 - 8 * lane.width)))
                laneCount += 1
            }
            referenceBytes += record.size * TraceFormat.slotCount
        }
        // A lane is changed with the eight bytes from its start.
        references = .allocate(byteCount: referenceBytes + 8, alignment: 16)
        references.initializeMemory(as: UInt8.self, repeating: 0, count: referenceBytes + 8)
        slotBlocks = .allocate(capacity: max(kindCount, 1) * TraceFormat.slotCount)
        slotBlocks.initialize(repeating: 0, count: max(kindCount, 1) * TraceFormat.slotCount)
        streams = .allocate(capacity: Self.streamCount)
        scratch = .allocate(byteCount: TraceFormat.maximumRecordSize, alignment: 16)
    }

    deinit {
        kinds.deallocate()
        lanes.deallocate()
        references.deallocate()
        slotBlocks.deallocate()
        streams.deallocate()
        scratch.deallocate()
    }

    /// Records of kinds that this version does not know, by name.
    var unknownRecords: [String: UInt64] {
        Dictionary(uniqueKeysWithValues: zip(names, unknown).filter { $0.1 > 0 })
    }

    func startPass() { unknown = Array(repeating: 0, count: kindCount) }

    /// Unpacks `count` records and calls `body` with kind, timestamp and struct of each known one; the bytes are valid
    /// during the call. Returns how many records were whole, and whether the payload was exactly them.
    @inline(__always)
    func unpack(
        _ payload: UnsafeRawBufferPointer, count: Int,
        _ body: (UInt16, UInt64, UnsafeRawBufferPointer) throws -> Void
    ) rethrows -> (whole: Int, isExact: Bool) {
        guard openStreams(payload) else { return (0, false) }
        var timestamp: UInt64 = 0
        for done in 0..<count {
            guard let (kind, reference) = nextRecord(&timestamp) else { return (done, false) }
            let bytes = UnsafeRawBufferPointer(start: reference, count: kind.pointee.size)
            if kind.pointee.isSame {
                // What comes after relies on it: a record that says to be another has no such layout.
                let said = UInt16(
                    littleEndian: reference.loadUnaligned(fromByteOffset: kind.pointee.kindOffset, as: UInt16.self))
                guard said == kind.pointee.kind else { return (done, false) }
                try body(said, timestamp, bytes)
            } else {
                try deliverMapped(kind - UnsafePointer(kinds), timestamp, bytes, body)
            }
        }
        return (count, (0..<Self.streamCount).allSatisfy { streams[$0].isEmpty })
    }

    /// Finds the streams of a payload, and forgets the references of the block before; `false`: malformed.
    private func openStreams(_ payload: UnsafeRawBufferPointer) -> Bool {
        block &+= 1
        if block == 0 {
            slotBlocks.update(repeating: 0, count: kindCount * TraceFormat.slotCount)
            block = 1
        }
        guard let start = payload.baseAddress else { return false }
        var directory = PackedInput(cursor: start, end: start + payload.count)
        guard let used = directory.varint(), used <= UInt64(Self.streamCount) else { return false }
        var lengths = [Int](repeating: 0, count: Self.streamCount)
        for stream in 0..<Int(used) {
            guard let length = directory.varint(), length <= UInt64(payload.count) else { return false }
            lengths[stream] = Int(length)
        }
        var cursor = directory.cursor
        for stream in 0..<Self.streamCount {
            guard lengths[stream] <= directory.end - cursor else { return false }
            (streams + stream).initialize(to: PackedInput(cursor: cursor, end: cursor + lengths[stream]))
            cursor += lengths[stream]
        }
        return cursor == directory.end
    }

    /// Applies the next record to its reference; `nil`: malformed.
    @inline(__always)
    private func nextRecord(_ timestamp: inout UInt64) -> (UnsafePointer<Kind>, UnsafeRawPointer)? {
        let streams = streams
        guard let index = streams[0].varint(), index < UInt64(kindCount), let slot = streams[1].byte(),
            let step = streams[2].varint(), var mask = streams[3].varint()
        else { return nil }
        let kind = kinds + Int(index)
        guard mask & ~kind.pointee.maskBits == 0 else { return nil }
        let size = kind.pointee.size
        let reference = references + (kind.pointee.referenceStart &+ Int(slot) &* size)
        let usedIn = slotBlocks + (Int(index) &* TraceFormat.slotCount &+ Int(slot))
        if usedIn.pointee != block {
            usedIn.pointee = block
            reference.initializeMemory(as: UInt8.self, repeating: 0, count: size)
        }
        timestamp &+= Self.unzigzag(step)
        reference.storeBytes(of: timestamp.littleEndian, as: UInt64.self)
        // Lane 0 is the timestamp: bit 0 of the mask stands for lane 1.
        let firstLane = lanes + (kind.pointee.laneStart &+ 1)
        while mask != 0 {
            let bit = mask.trailingZeroBitCount
            let lane = firstLane[bit]
            mask &= mask &- 1
            guard let delta = streams[TraceFormat.leadingStreams &+ bit].varint() else { return nil }
            Self.add(Self.unzigzag(delta), to: reference + lane.offset, bits: lane.bits)
        }
        return (UnsafePointer(kind), UnsafeRawPointer(reference))
    }

    private func deliverMapped(
        _ index: Int, _ timestamp: UInt64, _ bytes: UnsafeRawBufferPointer,
        _ body: (UInt16, UInt64, UnsafeRawBufferPointer) throws -> Void
    ) rethrows {
        guard let mapping = mappings[index], let moves = mapping.moves else {
            unknown[index] &+= 1
            return
        }
        let target = UnsafeMutableRawBufferPointer(rebasing: scratch[..<mapping.size])
        target.initializeMemory(as: UInt8.self, repeating: 0)
        mapping.apply(moves, from: bytes, to: target)
        try body(mapping.kind, timestamp, UnsafeRawBufferPointer(target))
    }

    @inline(__always)
    private static func unzigzag(_ value: UInt64) -> UInt64 { (value >> 1) ^ (0 &- (value & 1)) }

    /// Adds modulo the lane's width.
    @inline(__always)
    private static func add(_ delta: UInt64, to address: UnsafeMutableRawPointer, bits: UInt64) {
        let old = UInt64(littleEndian: address.loadUnaligned(as: UInt64.self))
        let new = (old & ~bits) | ((old &+ delta) & bits)
        address.storeBytes(of: new.littleEndian, as: UInt64.self)
    }
}
