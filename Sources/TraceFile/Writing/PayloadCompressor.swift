// SPDX-License-Identifier: Apache-2.0
import CZstd

/// Compresses payloads at level 1, in one context and one growing buffer.
final class PayloadCompressor {
    private let context: OpaquePointer?
    private var buffer: [UInt8] = []

    init(codec: BlockCodec) {
        context = codec == .zstd ? ZSTD_createCCtx() : nil
    }

    deinit { ZSTD_freeCCtx(context) }

    /// Calls `body` with what to write and how it is coded: as it is where compression does not make it smaller.
    func compress<R>(_ raw: UnsafeRawBufferPointer, _ body: (BlockCodec, UnsafeRawBufferPointer) -> R) -> R {
        guard let context, raw.count > 0 else { return body(.stored, raw) }
        let bound = ZSTD_compressBound(raw.count)
        if buffer.count < bound { buffer = [UInt8](repeating: 0, count: bound) }
        return buffer.withUnsafeMutableBytes { target in
            let size = ZSTD_compressCCtx(context, target.baseAddress, target.count, raw.baseAddress, raw.count, 1)
            if ZSTD_isError(size) != 0 || size >= raw.count { return body(.stored, raw) }
            return body(.zstd, UnsafeRawBufferPointer(rebasing: target[..<size]))
        }
    }
}
