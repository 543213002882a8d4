// SPDX-License-Identifier: Apache-2.0

/// A defined symbol of `.symtab` or `.dynsym`.
public struct ImageSymbol: Sendable, Equatable {
    /// Without a version suffix.
    public let name: String
    /// Link-time address.
    public let address: UInt64
    /// Bytes; 0: the compiler did not say.
    public let size: UInt64
    /// `STT_FUNC`.
    public let isFunction: Bool
}
