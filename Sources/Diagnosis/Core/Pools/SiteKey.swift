// SPDX-License-Identifier: Apache-2.0

/// An acquiring stack, before its symbols are known.
struct SiteKey: SlotKey {
    /// Negative: no stack was taken.
    var stackID: Int32
    /// The return address of the acquiring call.
    var caller: UInt64
    /// The point that fired: its address is the innermost frame where there is no stack.
    var pointID: UInt32

    var words: (UInt64, UInt64) { (caller, UInt64(UInt32(bitPattern: stackID)) << 32 | UInt64(pointID)) }
}
