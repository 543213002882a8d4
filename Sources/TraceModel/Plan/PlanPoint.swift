// SPDX-License-Identifier: Apache-2.0

/// One probe in the target: an address in a function of a pool library.
public struct PlanPoint: Codable, Sendable, Equatable {
    /// `point_id` of the records that it makes.
    public var id: UInt32
    /// `adapterID` of its pool in `ProbePlan.pools`.
    public var adapterID: UInt32
    /// `acquire_begin`, `acquire_end`, `release`, `connection_close`.
    public var role: String
    /// The full name as Go's symbol table has it.
    public var function: String
    /// In the running process.
    public var address: UInt64
    /// In the executable file.
    public var fileOffset: UInt64
    /// The instruction bytes there, checked before arming; hex.
    public var instruction: String
    /// `push`, `jbe`, `ret`, `entry`.
    public var placement: String
    /// Expected cost of one hit in the target, nanoseconds, from docs/overhead.md.
    public var expectedCostNanoseconds: UInt64
    /// `uprobe_multi`, `uprobe`; `nil`: not armed, and `note` says why.
    public var mechanism: String?
    /// Why it was refused; `nil`: it was not.
    public var note: String?

    /// - Parameter mechanism: given when it is armed; a plan that is only shown has none.
    public init(
        id: UInt32, adapterID: UInt32, role: String, function: String, address: UInt64, fileOffset: UInt64,
        instruction: String, placement: String, expectedCostNanoseconds: UInt64, mechanism: String? = nil,
        note: String? = nil
    ) {
        self.id = id
        self.adapterID = adapterID
        self.role = role
        self.function = function
        self.address = address
        self.fileOffset = fileOffset
        self.instruction = instruction
        self.placement = placement
        self.expectedCostNanoseconds = expectedCostNanoseconds
        self.mechanism = mechanism
        self.note = note
    }
}
