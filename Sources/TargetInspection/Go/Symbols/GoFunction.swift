// SPDX-License-Identifier: Apache-2.0

/// A function of Go's function table.
public struct GoFunction: Sendable, Hashable {
    /// As the table has it: `database/sql.(*DB).conn`. Type arguments are written out from Go 1.21 on; Go 1.19 has `[...]`.
    public let name: String
    /// Link-time address of the first instruction.
    public let entry: UInt64
    /// Link-time address of the next function: padding (`int3`) is included.
    public let end: UInt64

    /// `x/vendor/` of a function of a package that `x` brought along; empty: of no such package.
    public var vendorPrefix: String { GoFunctionName.vendorPrefix(of: name) }
}
