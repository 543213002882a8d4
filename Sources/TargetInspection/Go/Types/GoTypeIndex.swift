// SPDX-License-Identifier: Apache-2.0

/// The structure types among a program's run-time type descriptors, by name.
struct GoTypeIndex: GoStructureSource, Sendable {
    private let types: GoTypes
    private let structures: [GoStructureName: UInt64]

    let origin = GoFieldOrigin.typeDescriptor

    init(_ types: GoTypes) {
        self.types = types
        var structures: [GoStructureName: UInt64] = [:]
        types.forEachStructure { type, types in
            guard let package = types.package(ofStructure: type), let name = types.name(of: type),
                let dot = name.firstIndex(of: "."), types.fields(of: type) != nil
            else { return }
            // The part before the first dot is the package's name; type arguments have dots of their own.
            let local = name[name.index(after: dot)...].prefix { $0 != "[" }
            let key = GoStructureName(package: package, name: String(local))
            if structures[key] == nil { structures[key] = type }
        }
        self.structures = structures
    }

    func structure(_ name: GoStructureName) -> UInt64? { structures[name] }
    func name(of type: UInt64) -> String? { types.name(of: type) }
    func kind(of type: UInt64) -> GoKind? { types.kind(of: type) }
    func size(of type: UInt64) -> UInt64? { types.size(of: type) }
    func element(of type: UInt64) -> UInt64? { types.element(of: type) }
    func fields(of type: UInt64) -> [GoStructField]? { types.fields(of: type) }
}
