// SPDX-License-Identifier: Apache-2.0

/// The memory of a `SlotColumn`.
///
/// `@unchecked Sendable`: only its sole owner changes it, and everyone else makes a copy first; so does Array.
final class ColumnStorage<Value: Sendable>: @unchecked Sendable {
    struct Entry {
        /// 0: nobody's.
        var generation: UInt32
        var value: Value
    }

    /// `count` of them, all initialised.
    let entries: UnsafeMutablePointer<Entry>
    let count: Int

    /// - Parameters:
    ///   - old: what comes first; there is room for at least as much.
    ///   - initial: the value of the rest.
    init(copyOf old: ColumnStorage?, count: Int, initial: Value) {
        self.count = count
        entries = .allocate(capacity: count)
        let copied = old?.count ?? 0
        precondition(copied <= count)
        if let old { entries.initialize(from: old.entries, count: copied) }
        (entries + copied).initialize(repeating: Entry(generation: 0, value: initial), count: count - copied)
    }

    deinit {
        entries.deinitialize(count: count)
        entries.deallocate()
    }
}
