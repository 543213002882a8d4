// SPDX-License-Identifier: Apache-2.0

extension PointerHop {
    /// The end of the hop as a field's place, for programs that do not tell where it lies.
    ///
    /// - Parameter steps: how many pointers lead to where the hop begins.
    /// - Parameter origin: where the hop is known from.
    public func place(
        after steps: Int, origin: GoFieldOrigin = .table("every known version")
    ) -> GoFieldPlace {
        let (offset, size): (UInt32, UInt32) =
            switch terminal {
            case .interface(let offset), .any(let offset): (offset, 16)
            case .descriptor(let offset): (offset, 8)
            }
        return GoFieldPlace(
            dereferences: [UInt32](repeating: 0, count: steps) + dereferenceOffsets, offset: offset, size: size,
            origin: origin)
    }

    /// A hop of the same kind that ends at a field. `nil`: the field's size or its way says that it is another.
    public func ending(at place: GoFieldPlace, after steps: Int) -> PointerHop? {
        guard place.dereferences.count >= steps, place.size == self.place(after: steps).size else { return nil }
        let end: Terminal =
            switch terminal {
            case .interface: .interface(offset: place.offset)
            case .any: .any(offset: place.offset)
            case .descriptor: .descriptor(offset: place.offset)
            }
        return PointerHop(dereferenceOffsets: Array(place.dereferences.dropFirst(steps)), terminal: end)
    }
}
