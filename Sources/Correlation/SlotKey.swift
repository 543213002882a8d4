// SPDX-License-Identifier: Apache-2.0

/// A key of a `SlotTable`.
protocol SlotKey: Equatable, Sendable {
    /// The key in one word. Keys that differ may share it; the fewer do, the better.
    var word: UInt64 { get }
}

extension UInt64: SlotKey {
    var word: UInt64 { self }
}
