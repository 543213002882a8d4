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
    public var note: String?

    public init(adapterID: UInt32, adapter: String, version: String? = nil, isComplete: Bool, note: String? = nil) {
        self.adapterID = adapterID
        self.adapter = adapter
        self.version = version
        self.isComplete = isComplete
        self.note = note
    }
}
