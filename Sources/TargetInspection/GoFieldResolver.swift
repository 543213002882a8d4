// SPDX-License-Identifier: Apache-2.0
public import TraceModel

/// Finds the fields that are to be read in a program, and keeps account of how each is known, for the plan.
public struct GoFieldResolver: Sendable {
    /// One for each field that was asked for, in order.
    public private(set) var planned: [PlannedOffset] = []
    /// The pool library that fields are asked for; `nil`: the runtime.
    public var adapterID: UInt32?
    /// What stands before the paths of the library's packages: `x/vendor/` of a copy that package `x` brought along.
    public var vendorPrefix = ""

    private let offsets: GoFieldOffsets

    public init(offsets: GoFieldOffsets) { self.offsets = offsets }

    /// - Parameter bytes: how large it must be: a field of another size means something else. `nil`: any.
    /// - Parameter table: what it was in other programs, for one that does not tell.
    /// - Parameter loss: what is not seen without the field, as a clause.
    /// - Returns: `nil`: it cannot be established.
    public mutating func place(
        of field: GoField, bytes: UInt32? = nil, table: GoFieldPlace? = nil, loss: String
    ) -> GoFieldPlace? {
        let field = vendored(field)
        var entry = PlannedOffset(adapterID: adapterID, field: field.description)
        var place = table
        switch offsets.place(of: field) {
        case .place(let found) where bytes != nil && found.size != bytes:
            entry.note = "it has \(found.size) bytes in this program"
            place = nil
        case .place(let found): place = found
        case .refused(let reason): entry.note = reason
        }
        if let place {
            entry.dereferenceOffsets = place.dereferences
            entry.offset = place.offset
            entry.size = place.size
            entry.origin = place.origin.description
        } else {
            entry.loss = loss
        }
        planned.append(entry)
        return place
    }

    /// The address in the process of a structure type's descriptor; `nil`: the program has none.
    public func descriptor(of structure: GoStructureName) -> UInt64? {
        offsets.descriptor(of: vendored(structure))
    }

    /// Gives back the memory that the program's types take; `planned` stays.
    public func forgetTypes() { offsets.forget() }

    private func vendored(_ structure: GoStructureName) -> GoStructureName {
        GoStructureName(package: vendorPrefix + structure.package, name: structure.name)
    }

    private func vendored(_ field: GoField) -> GoField { GoField(field.path, of: vendored(field.structure)) }
}
