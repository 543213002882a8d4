// SPDX-License-Identifier: Apache-2.0

/// The kind of a Go type (`abi.Kind`, internal/abi/type.go), as far as it matters here.
public enum GoKind: UInt8, Sendable {
    case interface = 20
    case map = 21
    case pointer = 22
    case slice = 23
    case structure = 25
    /// Any other kind.
    case other = 0

    /// From `Type.Kind_`, whose upper bits are flags in some versions.
    init(kindByte: UInt8) { self = GoKind(rawValue: kindByte & 0x1f) ?? .other }
}
