// SPDX-License-Identifier: Apache-2.0
public import CTraceRecords

/// One record where it stands in memory: for streams, where a `TraceRecord` would copy each record several times.
///
/// Valid during the call that hands it out, and no longer. Who makes one has checked that the kind is one of this version
/// and that the bytes are exactly its struct.
public struct RecordView {
    /// A `ps_record_kind`.
    public let kind: UInt16
    /// The whole record, its header first; not aligned.
    public let bytes: UnsafeRawBufferPointer

    /// Makes a view of bytes that the caller has checked.
    @inlinable
    public init(checkedKind kind: UInt16, bytes: UnsafeRawBufferPointer) {
        self.kind = kind
        self.bytes = bytes
    }

    /// The header that every record starts with.
    @inlinable
    public var header: ps_header {
        precondition(bytes.count >= MemoryLayout<ps_header>.size)
        return bytes.loadUnaligned(as: ps_header.self)
    }

    /// The record as the struct of its kind. A struct of another size is a programming error and stops the program.
    @inlinable
    public func load<T: BitwiseCopyable>(as type: T.Type) -> T {
        precondition(bytes.count == MemoryLayout<T>.size)
        return bytes.loadUnaligned(as: type)
    }

    /// A copy that can be kept.
    public var record: TraceRecord { TraceRecord(checkedKind: kind, bytes: bytes) }
}
