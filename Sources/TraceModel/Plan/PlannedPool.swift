// SPDX-License-Identifier: Apache-2.0

/// One pool library that was found in the target.
public struct PlannedPool: Codable, Sendable, Equatable {
    /// The index in `ProbePlan.pools`, and `ps_pool_state.adapter_id`.
    public var adapterID: UInt32
    /// Such as `database/sql`.
    public var adapter: String
    /// The library's version, where the binary tells it.
    public var version: String?
    /// `true`: every point that a lease needs is armed.
    public var isComplete: Bool
    /// `false`: the library has no pool: each lease is a connection of its own by design. `nil`: it keeps connections.
    public var keepsConnections: Bool?
    /// `nil`: the trace is from before they were told.
    public var traits: PoolTraits?
    /// What is missing, and why; `nil`: nothing is.
    public var note: String?

    /// - Parameter keepsConnections: `nil`: it does, as most do.
    public init(
        adapterID: UInt32, adapter: String, version: String? = nil, isComplete: Bool, keepsConnections: Bool? = nil,
        traits: PoolTraits? = nil, note: String? = nil
    ) {
        self.adapterID = adapterID
        self.adapter = adapter
        self.version = version
        self.isComplete = isComplete
        self.keepsConnections = keepsConnections
        self.traits = traits
        self.note = note
    }
}
