// SPDX-License-Identifier: Apache-2.0

/// One pool object of the target: a process may have several of one library.
public struct PoolID: Hashable, Sendable {
    /// The index in `ProbePlan.pools`.
    public var adapterID: UInt32
    /// The address of the pool object; 0: the probes did not tell.
    public var address: UInt64

    /// - Parameter address: 0: the probes did not tell.
    public init(adapterID: UInt32, address: UInt64) {
        self.adapterID = adapterID
        self.address = address
    }
}
