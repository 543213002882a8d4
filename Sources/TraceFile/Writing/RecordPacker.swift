// SPDX-License-Identifier: Apache-2.0

/// Packs records into one block's payload: for each record what differs from an earlier one of its kind, each lane in a
/// stream of its own, as like numbers compress best side by side.
///
/// Works in buffers that are allocated once: it runs inside the ring buffer's callback.
final class RecordPacker {
    /// What the hot path needs of one record kind. `size` 0: the kind is unknown.
    struct Kind {
        var size = 0
        /// The place in the schema.
        var index: UInt8 = 0
        /// Where this kind's references start in `references`.
        var referenceStart = 0
        /// The fields that choose a slot, so that a record meets an earlier one of the same socket; -1: none.
        var keyOffset = -1
        var operationOffset = -1
        /// Where this kind's words start in `words`.
        var wordStart = 0
        /// Where this kind's slots start in `slotBlocks`.
        var slotStart = 0
        /// Records of this kind in this block, with their first and last timestamp.
        var loss = KindLoss()
    }

    /// The lanes in eight bytes of a record.
    struct Word {
        var firstLane: UInt8 = 0
        var lanes: UInt8 = 0
    }

    static let maximumRecords = 32_768
    private static let streamCount = TraceFormat.leadingStreams + TraceFormat.maximumMaskedLanes
    /// A varint takes ten bytes at most.
    private static let streamCapacity = maximumRecords * 10

    private(set) var recordCount: UInt32 = 0
    private(set) var rawBytes: UInt64 = 0
    private(set) var earliest = UInt64.max
    private(set) var latest: UInt64 = 0
    private var previousTimestamp: UInt64 = 0
    let kindCount: Int
    let kinds: UnsafeMutablePointer<Kind>
    private let words: UnsafeMutablePointer<Word>
    /// Lane numbers are those of the schema; shift is the lane's place in its word.
    private let lanes: UnsafeMutablePointer<(shift: UInt8, bits: UInt8)>
    private let references: UnsafeMutableRawPointer
    /// The number of the block in which a slot was last used.
    private let slotBlocks: UnsafeMutablePointer<UInt32>
    private var block: UInt32 = 1
    /// Memory that is never used is never backed: most streams stay empty.
    private let streams: UnsafeMutableRawPointer
    /// The end of each stream.
    private let ends: UnsafeMutablePointer<UnsafeMutableRawPointer>
    private var payload: [UInt8] = []

    /// Makes a packer for `schema`, whose lanes do not cross words (those of the C structs never do).
    init(schema: TraceSchema) {
        kindCount = Int(schema.records.map(\.kind).max() ?? 0) + 1
        kinds = .allocate(capacity: kindCount)
        kinds.initialize(repeating: Kind(), count: kindCount)
        let wordCount = schema.records.reduce(0) { $0 + $1.size / 8 }
        words = .allocate(capacity: wordCount)
        words.initialize(repeating: Word(), count: wordCount)
        lanes = .allocate(capacity: schema.records.count * 64)
        lanes.initialize(repeating: (0, 0), count: schema.records.count * 64)
        references = .allocate(byteCount: wordCount * 8 * TraceFormat.slotCount, alignment: 16)
        slotBlocks = .allocate(capacity: kindCount * TraceFormat.slotCount)
        slotBlocks.initialize(repeating: 0, count: kindCount * TraceFormat.slotCount)
        streams = .allocate(byteCount: Self.streamCount * Self.streamCapacity, alignment: 16)
        ends = .allocate(capacity: Self.streamCount)
        var wordStart = 0
        for (index, record) in schema.records.enumerated() {
            addKind(record, index: index, wordStart: wordStart)
            wordStart += record.size / 8
        }
        rewind()
    }

    deinit {
        kinds.deallocate()
        words.deallocate()
        lanes.deallocate()
        references.deallocate()
        slotBlocks.deallocate()
        streams.deallocate()
        ends.deallocate()
    }

    private func addKind(_ record: RecordSchema, index: Int, wordStart: Int) {
        guard let recordLanes = record.lanes, record.size % 8 == 0 else {
            preconditionFailure("record \(record.name) breaks the rules of the trace format")
        }
        func offset(_ name: String) -> Int? { record.fields.first { $0.name == name }?.offset }
        kinds[Int(record.kind)] = Kind(
            size: record.size, index: UInt8(index), referenceStart: wordStart * 8 * TraceFormat.slotCount,
            keyOffset: offset("socket_inode") ?? offset("connection") ?? offset("pool") ?? -1,
            operationOffset: offset("operation") ?? -1, wordStart: wordStart,
            slotStart: Int(record.kind) * TraceFormat.slotCount)
        for (number, lane) in recordLanes.enumerated() {
            let word = wordStart + lane.offset / 8
            precondition(lane.offset % 8 + lane.width <= 8, "a lane of \(record.name) crosses a word")
            if words[word].lanes == 0 { words[word].firstLane = UInt8(number) }
            words[word].lanes += 1
            lanes[index * 64 + number] = (UInt8(lane.offset % 8 * 8), UInt8(lane.width * 8))
        }
    }

    var isFull: Bool { recordCount == Self.maximumRecords }
    var isEmpty: Bool { recordCount == 0 }

    /// Starts the next block: nothing of the last one is referred to.
    func reset() {
        recordCount = 0
        rawBytes = 0
        earliest = .max
        latest = 0
        previousTimestamp = 0
        for kind in 0..<kindCount { kinds[kind].loss = KindLoss() }
        block &+= 1
        if block == 0 {
            slotBlocks.update(repeating: 0, count: kindCount * TraceFormat.slotCount)
            block = 1
        }
        rewind()
    }

    private func rewind() {
        for stream in 0..<Self.streamCount { (ends + stream).initialize(to: streams + stream * Self.streamCapacity) }
    }

    /// Calls `body` with the payload: the number of streams, the length of each, then the streams.
    func withPayload<R>(_ body: (UnsafeRawBufferPointer) -> R) -> R {
        let lengths = (0..<Self.streamCount).map { ends[$0] - (streams + $0 * Self.streamCapacity) }
        let used = (lengths.lastIndex { $0 > 0 } ?? -1) + 1
        let size = lengths.reduce(10 * (used + 1), +)
        if payload.count < size { payload = [UInt8](repeating: 0, count: size) }
        return payload.withUnsafeMutableBytes { buffer in
            guard let start = buffer.baseAddress else { return body(UnsafeRawBufferPointer(buffer)) }
            var cursor = start
            Self.put(UInt64(used), &cursor)
            for stream in 0..<used { Self.put(UInt64(lengths[stream]), &cursor) }
            for stream in 0..<used {
                cursor.copyMemory(from: streams + stream * Self.streamCapacity, byteCount: lengths[stream])
                cursor += lengths[stream]
            }
            return body(UnsafeRawBufferPointer(start: start, count: cursor - start))
        }
    }

    /// The size of a record of `kind`; `nil`: unknown kind.
    func size(of kind: UInt16) -> Int? {
        guard Int(kind) < kindCount, kinds[Int(kind)].size > 0 else { return nil }
        return kinds[Int(kind)].size
    }

    /// Packs one record. The caller has checked kind and size, and that the block is not full.
    func append(kind number: UInt16, bytes: UnsafeRawPointer) {
        let kind = kinds + Int(number)
        let size = kind.pointee.size
        let slot = slot(of: kind, bytes)
        let reference = references + (kind.pointee.referenceStart &+ slot &* size)
        let usedIn = slotBlocks + (kind.pointee.slotStart &+ slot)
        if usedIn.pointee != block {
            usedIn.pointee = block
            reference.initializeMemory(as: UInt8.self, repeating: 0, count: size)
        }
        let timestamp = UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self))
        let mask = putDeltas(kind, bytes, reference)
        Self.put(UInt64(kind.pointee.index), &ends[0])
        Self.put(byte: UInt8(truncatingIfNeeded: slot), &ends[1])
        Self.put(Self.zigzag(Int64(bitPattern: timestamp &- previousTimestamp)), &ends[2])
        Self.put(mask, &ends[3])

        previousTimestamp = timestamp
        recordCount &+= 1
        rawBytes &+= UInt64(size)
        earliest = min(earliest, timestamp)
        latest = max(latest, timestamp)
        kind.pointee.loss.add(timestamp)
    }

    /// A slot by hash of the record's key: a reader needs the number only, so the choice is the writer's own.
    @inline(__always)
    private func slot(of kind: UnsafeMutablePointer<Kind>, _ bytes: UnsafeRawPointer) -> Int {
        guard kind.pointee.keyOffset >= 0 else { return 0 }
        var key = bytes.loadUnaligned(fromByteOffset: kind.pointee.keyOffset, as: UInt64.self)
        if kind.pointee.operationOffset >= 0 {
            key = key &* 4 &+ UInt64(bytes.load(fromByteOffset: kind.pointee.operationOffset, as: UInt8.self))
        }
        return Int(truncatingIfNeeded: (key &* 0x9E37_79B9_7F4A_7C15) >> 56)
    }

    /// Compares word by word, puts the changed lanes' differences into their streams, and makes the record the reference.
    /// Returns the change mask: bit n stands for lane n + 1.
    @inline(__always)
    private func putDeltas(
        _ kind: UnsafeMutablePointer<Kind>, _ bytes: UnsafeRawPointer, _ reference: UnsafeMutableRawPointer
    ) -> UInt64 {
        var mask: UInt64 = 0
        let kindWords = words + kind.pointee.wordStart
        let kindLanes = lanes + Int(kind.pointee.index) &* 64
        for index in 1..<(kind.pointee.size >> 3) {
            let new = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: index &* 8, as: UInt64.self))
            let old = reference.load(fromByteOffset: index &* 8, as: UInt64.self)
            if new == old { continue }
            reference.storeBytes(of: new, toByteOffset: index &* 8, as: UInt64.self)
            let word = kindWords[index]
            for number in Int(word.firstLane)..<Int(word.firstLane) &+ Int(word.lanes) {
                let lane = kindLanes[number]
                let unused = UInt64(64 &- lane.bits)
                // Both shifted to the top: the difference modulo the lane's width, then back with its sign.
                let difference = (new >> UInt64(lane.shift)) &<< unused &- (old >> UInt64(lane.shift)) &<< unused
                if difference == 0 { continue }
                let stream = ends + (TraceFormat.leadingStreams &+ number &- 1)
                Self.put(Self.zigzag(Int64(bitPattern: difference) &>> Int64(unused)), &stream.pointee)
                mask |= 1 &<< UInt64(number &- 1)
            }
        }
        return mask
    }

    @inline(__always)
    private static func zigzag(_ value: Int64) -> UInt64 { UInt64(bitPattern: (value &<< 1) ^ (value &>> 63)) }

    @inline(__always)
    private static func put(byte: UInt8, _ end: inout UnsafeMutableRawPointer) {
        end.storeBytes(of: byte, as: UInt8.self)
        end += 1
    }

    /// LEB128.
    @inline(__always)
    private static func put(_ value: UInt64, _ end: inout UnsafeMutableRawPointer) {
        var cursor = end
        var rest = value
        while rest >= 0x80 {
            put(byte: UInt8(truncatingIfNeeded: rest) | 0x80, &cursor)
            rest >>= 7
        }
        put(byte: UInt8(truncatingIfNeeded: rest), &cursor)
        end = cursor
    }
}
