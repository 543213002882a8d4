// SPDX-License-Identifier: Apache-2.0
import Glibc
public import TraceModel

/// Puts records that are nearly in order into the order of time, in bounded memory: the stage between a stream of
/// records (a file's, or a live one) and what needs them in order.
///
/// A record is delivered once the watermark has passed it: the latest timestamp seen, less the lateness. One that comes
/// later than that is delivered at once, and counted.
public struct RecordSorter: ~Copyable {
    private struct Entry {
        var timestamp: UInt64
        /// In `arena`; grows in the order of arrival, which decides between equal timestamps.
        var offset: Int
        var kind: UInt16
        var size: UInt16
    }

    /// Records delivered after a later one, and by how much the worst was late.
    public private(set) var lateRecords: UInt64 = 0
    public private(set) var greatestLateness: Duration = .zero
    private let lateness: UInt64
    private let windowBytes: Int
    private var arena: UnsafeMutableRawPointer
    private var arenaCapacity = 1 << 16
    private var arenaUsed = 0
    private var entries: UnsafeMutablePointer<Entry>
    private var entryCapacity = 1 << 10
    private var entryCount = 0
    /// Entries before it have been delivered.
    private var head = 0
    private var isSorted = true
    private var latestSeen: UInt64 = 0
    private var latestDelivered: UInt64 = 0

    /// Makes an empty stage.
    ///
    /// - Parameters:
    ///   - lateness: how long a record waits for earlier ones.
    ///   - windowBytes: when more than that waits, the older half is delivered early.
    public init(lateness: Duration = .seconds(1), windowBytes: Int = 128 << 20) {
        self.lateness = UInt64(max(0, lateness.wholeNanoseconds))
        self.windowBytes = max(windowBytes, 1 << 16)
        arena = Self.memory(nil, arenaCapacity)
        entries = Self.memory(nil, entryCapacity * MemoryLayout<Entry>.stride).bindMemory(
            to: Entry.self, capacity: entryCapacity)
    }

    /// Memory that keeps what it has when it grows: the C library's, which moves large memory without a copy.
    private static func memory(_ old: UnsafeMutableRawPointer?, _ byteCount: Int) -> UnsafeMutableRawPointer {
        guard let memory = realloc(old, byteCount) else {
            fatalError("no memory for \(byteCount) bytes of records that wait")
        }
        return memory
    }

    deinit {
        free(arena)
        free(entries)
    }

    /// Records that wait.
    public var waiting: Int { entryCount - head }

    /// Takes one record as its C struct. Calls `body` when it is late, or when the window is full.
    @inline(__always)
    mutating func insert(
        kind: UInt16, timestamp: UInt64, bytes: UnsafeRawBufferPointer, _ body: (RecordView) throws -> Void
    ) rethrows {
        if timestamp < latestDelivered { return try deliverLate(kind, timestamp, bytes, body) }
        if arenaUsed &+ bytes.count > arenaCapacity { try makeRoom(bytes.count, body) }
        guard let source = bytes.baseAddress else { return }
        (arena + arenaUsed).copyMemory(from: source, byteCount: bytes.count)
        let entry = Entry(
            timestamp: timestamp, offset: arenaUsed, kind: kind, size: UInt16(truncatingIfNeeded: bytes.count))
        arenaUsed &+= (bytes.count &+ 7) & ~7
        if entryCount == entryCapacity { growEntries() }
        (entries + entryCount).initialize(to: entry)
        entryCount &+= 1
        if timestamp >= latestSeen { latestSeen = timestamp } else { place(entry) }
    }

    /// Takes one record as its C struct; `false`: unknown kind or wrong size, and not taken.
    public mutating func insert(
        kind: UInt16, bytes: UnsafeRawBufferPointer, _ body: (RecordView) throws -> Void
    ) rethrows -> Bool {
        guard TraceRecord(kind: kind, bytes: bytes) != nil else { return false }
        try insert(kind: kind, timestamp: bytes.littleEndian(at: 0), bytes: bytes, body)
        return true
    }

    /// Delivers what the watermark has passed. For live streams: call it after each batch.
    public mutating func deliver(_ body: (RecordView) throws -> Void) rethrows {
        try deliver(before: 0, body)
    }

    /// Delivers what the watermark has passed, and what is earlier than `limit`: nothing earlier will come.
    mutating func deliver(before limit: UInt64, _ body: (RecordView) throws -> Void) rethrows {
        try deliver(through: max(limit, latestSeen < lateness ? 0 : latestSeen &- lateness), body)
    }

    /// Delivers all that wait: the stream has ended.
    public mutating func finish(_ body: (RecordView) throws -> Void) rethrows {
        sort()
        try deliver(count: entryCount - head, body)
        compact()
    }

    private mutating func deliver(through limit: UInt64, _ body: (RecordView) throws -> Void) rethrows {
        sort()
        var end = head
        while end < entryCount && entries[end].timestamp < limit { end += 1 }
        try deliver(count: end - head, body)
        if head > entryCount / 2 { compact() }
    }

    private mutating func deliver(count: Int, _ body: (RecordView) throws -> Void) rethrows {
        let end = head + count
        var next = head
        // Also when `body` throws: what it has had is not delivered again.
        defer {
            head = next
            if next > 0 && next <= entryCount { latestDelivered = max(latestDelivered, entries[next - 1].timestamp) }
        }
        let (arena, entries) = (self.arena, self.entries)
        while next < end {
            let entry = entries[next]
            next &+= 1
            let bytes = UnsafeRawBufferPointer(start: arena + entry.offset, count: Int(entry.size))
            try body(RecordView(checkedKind: entry.kind, bytes: bytes))
        }
    }

    private mutating func deliverLate(
        _ kind: UInt16, _ timestamp: UInt64, _ bytes: UnsafeRawBufferPointer, _ body: (RecordView) throws -> Void
    ) rethrows {
        lateRecords &+= 1
        let late = Duration.nanoseconds(Int64(clamping: latestDelivered &- timestamp))
        greatestLateness = max(greatestLateness, late)
        try body(RecordView(checkedKind: kind, bytes: bytes))
    }

    /// Moves the last entry to its place, if that is near: records of several processors interleave by a few places.
    private mutating func place(_ entry: Entry) {
        guard isSorted else { return }
        var index = entryCount - 1
        let limit = max(head, index - 64)
        while index > limit && entries[index &- 1].timestamp > entry.timestamp {
            entries[index] = entries[index &- 1]
            index &-= 1
        }
        entries[index] = entry
        if index == limit && index > head && entries[index - 1].timestamp > entry.timestamp { isSorted = false }
    }

    private mutating func sort() {
        guard !isSorted else { return }
        var waiting = UnsafeMutableBufferPointer(start: entries + head, count: entryCount - head)
        waiting.sort {
            ($0.timestamp, $0.offset) < ($1.timestamp, $1.offset)
        }
        isSorted = true
    }

    private mutating func growEntries() {
        entryCapacity *= 2
        entries = Self.memory(entries, entryCapacity * MemoryLayout<Entry>.stride).bindMemory(
            to: Entry.self, capacity: entryCapacity)
    }

    /// Makes the arena larger up to the window, then delivers the older half.
    private mutating func makeRoom(_ count: Int, _ body: (RecordView) throws -> Void) rethrows {
        if head > 0 { compact() }
        if arenaUsed + count <= arenaCapacity { return }
        if arenaCapacity >= windowBytes {
            sort()
            try deliver(count: (entryCount - head + 1) / 2, body)
            compact()
        }
        if arenaUsed + count <= arenaCapacity { return }
        arenaCapacity = max(min(arenaCapacity * 2, windowBytes), arenaUsed + count)
        arena = Self.memory(arena, arenaCapacity)
    }

    /// Drops what has been delivered, and closes the gaps.
    private mutating func compact() {
        if head == entryCount {
            (head, entryCount, arenaUsed) = (0, 0, 0)
            return
        }
        sort()
        entryCount -= head
        entries.update(from: entries + head, count: entryCount)
        head = 0
        let kept = UnsafeMutableBufferPointer(start: entries, count: entryCount)
        let rest = kept.reduce(0) { $0 + (Int($1.size) + 7) & ~7 }
        let copy = UnsafeMutableRawPointer.allocate(byteCount: max(rest, 1), alignment: 16)
        defer { copy.deallocate() }
        var used = 0
        for index in kept.indices {
            (copy + used).copyMemory(from: arena + entries[index].offset, byteCount: Int(entries[index].size))
            entries[index].offset = used
            used += (Int(entries[index].size) + 7) & ~7
        }
        arena.copyMemory(from: copy, byteCount: used)
        arenaUsed = used
    }
}
