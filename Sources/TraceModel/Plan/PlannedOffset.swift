// SPDX-License-Identifier: Apache-2.0

/// Where a field lies that is read in the target, and how that is known.
public struct PlannedOffset: Codable, Sendable, Equatable {
    /// Of the pool library that it is read for; `nil`: for the runtime.
    public var adapterID: UInt32?
    /// Such as `database/sql.DB.freeConn.len`.
    public var field: String
    /// Of the pointers to follow, in bytes; empty: the field lies in the structure itself.
    public var dereferenceOffsets: [UInt32]
    /// Bytes from where the last pointer leads, or from the start of the structure. `nil`: refused. Below zero only from a
    /// thread's `%fs`.
    public var offset: Int64?
    /// Bytes.
    public var size: UInt32?
    /// `dwarf`, `type descriptor`, `table for ...`, `code of ...`, `pools file`; `nil`: refused, and `note` says why.
    public var origin: String?
    /// Why the program's own types do not tell, or what is learnt later only.
    public var note: String?
    /// What is not seen without the field; `nil`: it is established.
    public var loss: String?

    /// Without `offset` and `origin`: a field that is refused.
    public init(
        adapterID: UInt32? = nil, field: String, dereferenceOffsets: [UInt32] = [], offset: Int64? = nil,
        size: UInt32? = nil, origin: String? = nil, note: String? = nil, loss: String? = nil
    ) {
        self.adapterID = adapterID
        self.field = field
        self.dereferenceOffsets = dereferenceOffsets
        self.offset = offset
        self.size = size
        self.origin = origin
        self.note = note
        self.loss = loss
    }
}
