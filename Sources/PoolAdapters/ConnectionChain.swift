// SPDX-License-Identifier: Apache-2.0
public import TargetInspection

/// How the chain of pointers from a connection object to its socket begins. Later hops follow from run-time types.
public enum ConnectionChain: Sendable {
    /// The first hop, as the user describes it.
    case hop(PointerHop)
    /// The first hop ends at this field, of a kind as in the hop that is taken for programs that do not tell where it lies.
    /// Where the field is that of an object which points to the connection object, the first steps on the way to it are
    /// `skipping`: the chain begins behind them.
    case field(GoField, skipping: Int, otherwise: PointerHop)
    /// The first hop ends at this field of the connection object, an interface.
    case interfaceField(GoField)
    /// There is none: a lease is joined by the socket that its holder uses.
    case none
    /// The connection object is a structure of this type; its first hop is read from the program's own type descriptors.
    case structure(name: String, package: String)

    /// From a `net.netFD` (net/fd_posix.go, internal/poll/fd_unix.go; at this offset in Go 1.19 to 1.27).
    static let networkDescriptor = ConnectionChain.field(
        GoField("pfd.Sysfd", of: GoStructureName(package: "net", name: "netFD")), skipping: 0,
        otherwise: PointerHop(dereferenceOffsets: [], terminal: .descriptor(offset: 16)))

    /// From a connection of package `net` to its `netFD`.
    static func networkStep(_ types: [String]) -> KeyStep {
        KeyStep(types.map { GoField("conn.fd", of: GoStructureName(package: "net", name: $0)) })
    }

    /// There is a way to the socket, if it can be found.
    public var exists: Bool {
        if case .none = self { false } else { true }
    }
}
