// SPDX-License-Identifier: Apache-2.0

/// A field of a Go structure, as its type descriptor has it.
public struct GoStructField: Sendable, Equatable {
    public let name: String
    /// The address in the process of the field's type descriptor.
    public let type: UInt64
    /// Bytes from the start of the structure.
    public let offset: UInt32
}
