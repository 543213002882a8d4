// SPDX-License-Identifier: Apache-2.0

/// The unit of packing: 1, 2, 4 or 8 bytes of a record, coded as one little-endian number.
struct RecordLane: Equatable {
    /// Bytes from the start of the record.
    var offset: Int
    /// Bytes.
    var width: Int
}
