// SPDX-License-Identifier: Apache-2.0
import CLibbpf
import CSystemCalls
import CTraceRecords
import Glibc

/// The ring buffer that the BPF programs write to. They never wake the reader, so it is drained by time.
///
/// libbpf's reader maps the records twice, one copy behind the other, so that none is ever in two parts. Both copies count
/// as memory of this process. Here they are mapped once, and the one record in a round that is in two parts is copied.
final class EventRing {
    /// Receives each record as it stands in the ring: its kind, and its bytes, valid during the call only.
    typealias Sink = (_ kind: UInt16, _ bytes: UnsafeRawBufferPointer) -> Void

    /// Records that were too short for a header, or too long, since the start.
    private(set) var malformed: UInt64 = 0

    /// The page that this side writes: how far it has read.
    private let consumerPage: UnsafeMutableRawPointer
    /// The page that the kernel writes, and behind it the records.
    private let producerPage: UnsafeMutableRawPointer
    private let pageSize = Int(getpagesize())
    private let size: Int
    private let data: UnsafeMutableRawPointer
    private let whole: UnsafeMutableRawBufferPointer
    private var position: UInt

    /// Room before the records is given back after so many: the kernel reads the place, and each time fetches it anew.
    private static let releaseInterval = 64
    private static let headerSize = Int(BPF_RINGBUF_HDR_SZ)

    init(mapDescriptor: Int32) throws(KernelProbeError) {
        var info = bpf_map_info()
        var length = UInt32(MemoryLayout<bpf_map_info>.size)
        let result = bpf_obj_get_info_by_fd(mapDescriptor, &info, &length)
        guard result == 0 else { throw .ring(errno: -result) }
        size = Int(info.max_entries)
        let consumer = mmap(nil, pageSize, PROT_READ | PROT_WRITE, MAP_SHARED, mapDescriptor, 0)
        guard let consumer, consumer != MAP_FAILED else { throw .ring(errno: errno) }
        let producer = mmap(nil, pageSize + size, PROT_READ, MAP_SHARED, mapDescriptor, pageSize)
        guard let producer, producer != MAP_FAILED else {
            let code = errno
            munmap(consumer, pageSize)
            throw .ring(errno: code)
        }
        (consumerPage, producerPage, data) = (consumer, producer, producer + pageSize)
        position = ps_ring_load(consumer)
        whole = .allocate(byteCount: 1 << 16, alignment: 16)
    }

    deinit {
        munmap(consumerPage, pageSize)
        munmap(producerPage, pageSize + size)
        whole.deallocate()
    }

    /// Hands out what is in the ring, at most `limit` records: under a producer that never pauses it would not return.
    ///
    /// - Returns: the number of records; equal to `limit` when more may wait.
    func drain(limit: Int, into sink: Sink) -> Int {
        var count = 0
        defer { ps_ring_release(consumerPage, position) }
        var end = ps_ring_load(producerPage)
        while count < limit {
            if position >= end {
                end = ps_ring_load(producerPage)
                if position >= end { break }
            }
            let offset = Int(position & UInt(size - 1))
            let header = ps_ring_record_length(data + offset)
            if header & UInt32(BPF_RINGBUF_BUSY_BIT) != 0 { break }
            let length = Int(header & ~UInt32(BPF_RINGBUF_DISCARD_BIT))
            if header & UInt32(BPF_RINGBUF_DISCARD_BIT) == 0 {
                handOut(at: offset + Self.headerSize, length, sink)
                count += 1
                if count % Self.releaseInterval == 0 { ps_ring_release(consumerPage, position) }
            }
            position += UInt((length + Self.headerSize + 7) & ~7)
        }
        return count
    }

    @inline(__always)
    private func handOut(at offset: Int, _ length: Int, _ sink: Sink) {
        guard length >= MemoryLayout<ps_header>.size, length <= whole.count else {
            malformed += 1
            return
        }
        var bytes = UnsafeRawBufferPointer(start: data + offset, count: length)
        if offset + length > size {
            let first = max(0, size - offset)
            whole.baseAddress?.copyMemory(from: data + offset, byteCount: first)
            (whole.baseAddress.map { $0 + first })?.copyMemory(
                from: data + (offset + first) % size, byteCount: length - first)
            bytes = UnsafeRawBufferPointer(rebasing: whole[..<length])
        }
        let kind = bytes.loadUnaligned(
            fromByteOffset: MemoryLayout<ps_header>.offset(of: \.kind) ?? 24, as: UInt16.self)
        sink(kind, bytes)
    }
}
