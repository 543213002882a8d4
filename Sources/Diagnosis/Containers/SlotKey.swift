// SPDX-License-Identifier: Apache-2.0

/// A key of a `SlotTable`.
protocol SlotKey: Equatable, Sendable {
    /// The whole key in two words: keys that differ do not share both, or a hostile trace could make all keys collide.
    var words: (UInt64, UInt64) { get }
}

extension UInt64: SlotKey {
    var words: (UInt64, UInt64) { (self, 0) }
}

extension UInt32: SlotKey {
    var words: (UInt64, UInt64) { (UInt64(self), 0) }
}

extension Int32: SlotKey {
    var words: (UInt64, UInt64) { (UInt64(UInt32(bitPattern: self)), 0) }
}
