// SPDX-License-Identifier: Apache-2.0
import CLibbpf
import CTraceRecords
import Glibc

/// The ring buffer that the BPF programs write to. They never wake the reader, so it is drained by time.
final class EventRing {
    /// Receives each record as it stands in the ring: its kind, and its bytes, valid during the call only.
    typealias Sink = (_ kind: UInt16, _ bytes: UnsafeRawBufferPointer) -> Void

    /// What the C callback works on. A class of its own, so that the callback needs no generic context.
    private final class Consumer {
        var sink: Sink?
        var consumed = 0
        var limit = 0
        var malformed: UInt64 = 0
    }

    private let ring: OpaquePointer
    private let consumer = Consumer()

    /// Records that were too short for a header, since the start.
    var malformed: UInt64 { consumer.malformed }

    init(mapDescriptor: Int32) throws(KernelProbeError) {
        let created = ring_buffer__new(
            mapDescriptor,
            { context, data, size in
                guard let context, let data else { return 0 }
                let consumer = Unmanaged<Consumer>.fromOpaque(context).takeUnretainedValue()
                let bytes = UnsafeRawBufferPointer(start: data, count: size)
                if size >= MemoryLayout<ps_header>.size {
                    let kind = bytes.loadUnaligned(
                        fromByteOffset: MemoryLayout<ps_header>.offset(of: \.kind) ?? 24, as: UInt16.self)
                    consumer.sink?(kind, bytes)
                } else {
                    consumer.malformed += 1
                }
                consumer.consumed += 1
                return consumer.consumed < consumer.limit ? 0 : -ECANCELED
            }, Unmanaged.passUnretained(consumer).toOpaque(), nil)
        guard let created else {
            throw KernelProbeError(
                stage: .poll, object: "the ring buffer", errorNumber: errno, detail: "", remedy: nil)
        }
        ring = created
    }

    deinit { ring_buffer__free(ring) }

    /// Hands out what is in the ring, at most `limit` records: under a producer that never pauses it would not return.
    ///
    /// - Returns: the number of records; equal to `limit` when more may wait.
    func drain(limit: Int, into sink: Sink) -> Int {
        consumer.consumed = 0
        consumer.limit = limit
        return withoutActuallyEscaping(sink) { sink in
            consumer.sink = sink
            defer { consumer.sink = nil }
            _ = ring_buffer__consume(ring)
            return consumer.consumed
        }
    }
}
