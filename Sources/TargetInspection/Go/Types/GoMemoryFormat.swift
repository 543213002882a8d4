// SPDX-License-Identifier: Apache-2.0

/// Structures of Go's runtime that are read at places which hold for every version, or for one: what leads to all other
/// fields, so that it cannot be asked of them. The program's debugging information, where it has any, is held against it.
public struct GoMemoryFormat: Sendable, Equatable {
    /// The run-time type descriptors, interfaces, and where both are found are as poolscope reads them.
    public let knowsTypes: Bool
    /// The same of the errors that `errors.New` makes.
    public let knowsErrors: Bool

    private static let versions = "go1.19 to go1.27"
    private static let lossOfTypes = "which socket a lease has, but for the one that its holder uses; names of errors"
    private static let lossOfErrors = "whether an error is context.Canceled, in programs without symbols"

    /// - Parameter version: `nil`: not known; where the module's data is, is then found by trying.
    public init(fields: inout GoFieldResolver, version: GoVersion?) {
        // Those of 1.19 and 1.20 had other names.
        let isOld = version.map { $0 < GoVersion(minor: 21) } ?? false
        func holds(
            _ now: (package: String, type: String, path: String), _ before: (type: String, path: String)?,
            at offset: UInt64, bytes: UInt32, versions: String = Self.versions, loss: String = Self.lossOfTypes
        ) -> Bool {
            var names = [GoField(now.path, of: GoStructureName(package: now.package, name: now.type))]
            if let before {
                names.append(GoField(before.path, of: GoStructureName(package: "runtime", name: before.type)))
            }
            if isOld { names.reverse() }
            return fields.confirms(
                names, at: UInt32(clamping: offset), bytes: bytes, versions: versions, loss: loss)
        }
        let abi = "internal/abi"
        var holding: [Bool] = []
        for (path, before, offset, bytes) in [
            ("Size_", "size", GoTypes.Layout.length, 8), ("TFlag", "tflag", GoTypes.Layout.flags, 1),
            ("Kind_", "kind", GoTypes.Layout.kind, 1), ("Str", "str", GoTypes.Layout.name, 4),
        ] as [(String, String, UInt64, UInt32)] {
            holding.append(holds((abi, "Type", path), ("_type", before), at: offset, bytes: bytes))
        }
        for (type, path, before, old, offset, bytes) in [
            ("PtrType", "Elem", "ptrtype", "elem", GoTypes.Layout.element, 8),
            ("InterfaceType", "PkgPath", "interfacetype", "pkgpath", GoTypes.Layout.interfacePackage, 8),
            ("InterfaceType", "Methods.len", "interfacetype", "mhdr.len", GoTypes.Layout.methodCount, 8),
            ("StructType", "Fields.array", "structtype", "fields.array", GoTypes.Layout.fields, 8),
            ("StructType", "Fields.len", "structtype", "fields.len", GoTypes.Layout.fieldCount, 8),
            ("StructField", "Name", "structfield", "name", 0, 8), ("StructField", "Typ", "structfield", "typ", 8, 8),
            ("StructField", "Offset", "structfield", "offset", 16, 8),
            ("UncommonType", "PkgPath", "uncommontype", "pkgpath", 0, 4),
            ("ITab", "Type", "itab", "_type", PointerChainReader.itabType, 8),
        ] as [(String, String, String, String, UInt64, UInt32)] {
            holding.append(holds((abi, type, path), (before, old), at: offset, bytes: bytes))
        }
        for (type, path, offset) in [
            ("iface", "tab", 0), ("iface", "data", 8), ("eface", "_type", 0), ("eface", "data", 8),
        ] as [(String, String, UInt64)] {
            holding.append(holds(("runtime", type, path), nil, at: offset, bytes: 8))
        }
        if let version {
            for (path, offset) in GoModuleData.places(GoModuleLayout(version: version)) {
                holding.append(
                    holds(
                        ("runtime", "moduledata", path), nil, at: UInt64(offset), bytes: 8,
                        versions: version.description))
            }
        }
        knowsTypes = holding.allSatisfy { $0 }
        knowsErrors = [
            holds(("errors", "errorString", "s"), nil, at: 0, bytes: 16, loss: Self.lossOfErrors),
            holds(("runtime", "stringStruct", "len"), nil, at: 8, bytes: 8, loss: Self.lossOfErrors),
        ].allSatisfy { $0 }
    }
}
