// SPDX-License-Identifier: Apache-2.0

/// One lease: a connection object of a pool, from one acquire to the release that follows.
public struct LeaseID: Hashable, Sendable {
    /// The index in `ProbePlan.pools`.
    public var adapterID: UInt32
    /// The address of the connection object. An address is used again after the object is freed.
    public var connection: UInt64
    /// The how-manieth lease of the trace it is, over all pools; starts at 1.
    public var generation: UInt64

    /// - Parameter generation: no record has it: the analysis counts.
    public init(adapterID: UInt32, connection: UInt64, generation: UInt64) {
        self.adapterID = adapterID
        self.connection = connection
        self.generation = generation
    }
}
