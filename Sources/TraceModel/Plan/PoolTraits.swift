// SPDX-License-Identifier: Apache-2.0

/// What is true of one pool library and not of others, where a verdict depends on it. An adapter states them.
public struct PoolTraits: Codable, Sendable, Equatable {
    /// The pool's own wait counter counts the acquires that queued for a connection, and nothing else.
    public var countsOnlyQueuedWaits = false
    /// The library ends a request that was given up by closing its connection, from a goroutine of its own.
    public var closesToCancel = false
    /// One pool has connections to servers that have nothing to do with each other.
    public var spreadsOverHosts = false

    /// What is not named is not true of the library.
    public init(
        countsOnlyQueuedWaits: Bool = false, closesToCancel: Bool = false, spreadsOverHosts: Bool = false
    ) {
        self.countsOnlyQueuedWaits = countsOnlyQueuedWaits
        self.closesToCancel = closesToCancel
        self.spreadsOverHosts = spreadsOverHosts
    }

    /// What is absent is not true: a trace may be older than a trait.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        func trait(_ key: CodingKeys) throws -> Bool { try container.decodeIfPresent(Bool.self, forKey: key) ?? false }
        countsOnlyQueuedWaits = try trait(.countsOnlyQueuedWaits)
        closesToCancel = try trait(.closesToCancel)
        spreadsOverHosts = try trait(.spreadsOverHosts)
    }
}
