// SPDX-License-Identifier: Apache-2.0
import CZstd

/// Decompresses payloads into one buffer, never more than the block says and the format allows.
final class PayloadDecompressor {
    private let context: OpaquePointer? = ZSTD_createDCtx()
    private var buffer: [UInt8] = []

    deinit { ZSTD_freeDCtx(context) }

    /// Calls `body` with the payload; returns `nil` when it does not decompress to exactly `rawLength` bytes.
    func decompress<R>(
        _ stored: UnsafeRawBufferPointer, codec: BlockCodec, rawLength: Int,
        _ body: (UnsafeRawBufferPointer) throws -> R
    ) rethrows -> R? {
        if codec == .stored { return stored.count == rawLength ? try body(stored) : nil }
        guard rawLength <= TraceFormat.maximumBlockBytes else { return nil }
        // zstd of n bytes holds at least n / 2^17: a block that claims more is not worth its memory.
        guard rawLength >> 17 <= stored.count else { return nil }
        if buffer.count < rawLength { buffer = [UInt8](repeating: 0, count: rawLength) }
        return try buffer.withUnsafeMutableBytes { target in
            let size = ZSTD_decompressDCtx(context, target.baseAddress, rawLength, stored.baseAddress, stored.count)
            guard ZSTD_isError(size) == 0, size == rawLength else { return nil }
            return try body(UnsafeRawBufferPointer(rebasing: target[..<size]))
        }
    }
}
