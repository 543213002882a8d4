// SPDX-License-Identifier: Apache-2.0

/// A field of a Go structure, as its type descriptor has it.
struct GoStructField: Sendable, Equatable {
    let name: String
    /// The address in the process of the field's type descriptor.
    let type: UInt64
    /// Bytes from the start of the structure.
    let offset: UInt32
}
