// SPDX-License-Identifier: Apache-2.0

/// How the payloads of a trace are kept.
public enum BlockCodec: UInt8, Sendable {
    /// As they are: larger, and readable without a zstd library.
    case stored = 0
    /// One zstd frame; a payload that zstd does not make smaller is stored.
    case zstd = 1
}
