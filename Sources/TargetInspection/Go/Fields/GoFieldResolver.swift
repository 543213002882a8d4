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

    /// - Parameter offsets: the program's own types, which have precedence over tables.
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
            entry.offset = Int64(place.offset)
            entry.size = place.size
            entry.origin = place.origin.description
        } else {
            entry.loss = loss
        }
        planned.append(entry)
        return place
    }

    /// Notes a field of which poolscope relies on one place, and says whether it is there as far as the program tells.
    ///
    /// - Parameter names: of the field, by Go version; the one that the program has counts, else the first.
    /// - Parameter bytes: `nil`: any.
    /// - Parameter versions: of which programs it was there.
    public mutating func confirms(
        _ names: [GoField], at offset: UInt32, bytes: UInt32? = nil, versions: String, loss: String
    ) -> Bool {
        var entry = PlannedOffset(adapterID: adapterID, field: names.first.map { vendored($0).description } ?? "")
        var origin = GoFieldOrigin.table(versions)
        var size = bytes
        for name in names.map(vendored) {
            switch offsets.place(of: name) {
            case .refused(let reason):
                entry.note = entry.note ?? reason
                continue
            case .place(let place):
                (entry.field, entry.note, origin, size) = (name.description, nil, place.origin, place.size)
                if place.offset != offset || place.size != bytes ?? place.size || !place.dereferences.isEmpty {
                    let way = (place.dereferences + [place.offset]).map(String.init).joined(separator: " -> ")
                    let wanted = bytes.map { "\($0) at \(offset)" } ?? "at \(offset)"
                    entry.note = "it has \(place.size) bytes at \(way) in this program, not \(wanted)"
                    entry.loss = loss
                }
            }
            break
        }
        if entry.loss == nil {
            (entry.offset, entry.size, entry.origin) = (Int64(offset), size, origin.description)
        }
        planned.append(entry)
        return entry.loss == nil
    }

    /// Notes the first hop from a structure, whose way the program's type descriptors tell, and gives it as the
    /// best source has it.
    ///
    /// - Parameter route: `nil`: there is none, for the reason `note`.
    public mutating func hop(
        from structure: GoStructureName, along route: PointerRoute?, note: String?, loss: String
    ) -> PointerHop? {
        guard let route else {
            let name = vendored(structure).description
            planned.append(PlannedOffset(adapterID: adapterID, field: name, note: note, loss: loss))
            return nil
        }
        let known = route.hop.place(after: 0, origin: .typeDescriptor)
        let place = place(of: GoField(route.path, of: structure), bytes: known.size, table: known, loss: loss)
        return place.flatMap { route.hop.ending(at: $0, after: 0) }
    }

    /// Notes a place that is no field of a structure.
    public mutating func note(
        _ name: String, at offset: Int64?, bytes: UInt32, origin: GoFieldOrigin, reason: String? = nil,
        loss: String? = nil
    ) {
        planned.append(
            PlannedOffset(
                adapterID: adapterID, field: name, offset: offset, size: offset == nil ? nil : bytes,
                origin: offset == nil ? nil : origin.description, note: reason, loss: offset == nil ? loss : nil))
    }

    /// Says more of the field that was noted last.
    public mutating func remark(_ text: String) {
        guard let last = planned.indices.last, planned[last].origin != nil else { return }
        planned[last].note = planned[last].note.map { "\($0); \(text)" } ?? text
    }

    /// The address in the process of a structure type's descriptor; `nil`: the program has none.
    public func descriptor(of structure: GoStructureName) -> UInt64? {
        offsets.descriptor(of: vendored(structure))
    }

    /// Gives back the memory that the program's types take; `planned` stays.
    public func forgetTypes() { offsets.forget() }

    /// The run-time type descriptors of this program are not to be believed.
    public func distrustDescriptors() { offsets.forgetDescriptors() }

    /// Packages of Go's own that libraries are read with: no copy of a library has its own of them.
    private static let ofGo: Set<String> = ["net", "internal/poll"]

    private func vendored(_ structure: GoStructureName) -> GoStructureName {
        if Self.ofGo.contains(structure.package) { return structure }
        return GoStructureName(package: vendorPrefix + structure.package, name: structure.name)
    }

    private func vendored(_ field: GoField) -> GoField { GoField(field.path, of: vendored(field.structure)) }
}
