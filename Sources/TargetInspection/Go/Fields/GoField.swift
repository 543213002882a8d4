// SPDX-License-Identifier: Apache-2.0

/// A field of a structure, named as in Go: `freeConn.len` of `database/sql.DB`.
///
/// A selector goes through embedded and nested structures and through pointers; `len` is that of a slice or a map, `array`
/// the pointer of a slice.
public struct GoField: Sendable, Hashable, CustomStringConvertible {
    let structure: GoStructureName
    let path: String

    /// - Parameter path: the selectors from the structure to the field, with dots between.
    public init(_ path: String, of structure: GoStructureName) {
        self.structure = structure
        self.path = path
    }

    /// As plans and traces name it: `database/sql.DB.freeConn.len`.
    public var description: String { "\(structure).\(path)" }
}
