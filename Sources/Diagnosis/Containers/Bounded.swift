// SPDX-License-Identifier: Apache-2.0

/// What is kept of something, and how much of it is not.
public struct Listed<Item: Sendable>: Sendable {
    public var items: [Item]
    /// How many more there were. Whoever shows `items` shows this too; a rule that found none in `items` is not clean.
    public var unlisted: UInt64

    public init(_ items: [Item] = [], unlisted: UInt64 = 0) {
        self.items = items
        self.unlisted = unlisted
    }
}

/// A list of at most `limit`: what does not fit is counted.
struct BoundedList<Item: Sendable>: Sendable {
    let limit: Int
    private(set) var items: [Item] = []
    private(set) var unlisted: UInt64 = 0

    init(limit: Int) { self.limit = limit }

    mutating func append(_ item: Item) {
        if items.count < limit { items.append(item) } else { unlisted &+= 1 }
    }

    var listed: Listed<Item> { Listed(items, unlisted: unlisted) }
}

/// At most `limit` keys: what is noted of others is counted.
struct BoundedTable<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    let limit: Int
    private(set) var values: [Key: Value] = [:]
    /// Notes of keys that found no room: as many as there were, not as there were keys.
    private(set) var unlisted: UInt64 = 0

    init(limit: Int) { self.limit = limit }

    subscript(key: Key) -> Value? { values[key] }

    /// Changes the key's value, entered as `initial` where there is none yet.
    ///
    /// - Returns: `nil`: there is no room, which is counted.
    @discardableResult
    mutating func update<Result>(
        _ key: Key, initial: @autoclosure () -> Value, _ change: (inout Value) -> Result
    ) -> Result? {
        if values[key] == nil {
            guard values.count < limit else {
                unlisted &+= 1
                return nil
            }
            values[key] = initial()
        }
        return updateKnown(key, change)
    }

    /// Changes the value of a key that is there.
    @discardableResult
    mutating func updateKnown<Result>(_ key: Key, _ change: (inout Value) -> Result) -> Result? {
        guard var value = values[key] else { return nil }
        defer { values[key] = value }
        return change(&value)
    }
}
