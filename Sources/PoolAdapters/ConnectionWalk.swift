// SPDX-License-Identifier: Apache-2.0
public import TargetInspection

/// How the walk from a connection object to its socket begins. Later hops follow from run-time types.
public enum ConnectionWalk: Sendable {
    /// The first hop, the same in every version of the library that is known.
    case hop(WalkHop)
    /// The connection object is a structure of this type; its first hop is read from the program's own type descriptors.
    case structure(name: String, package: String)

    /// From a `net.netFD`: `pfd.Sysfd`, at this offset in Go 1.19 to 1.27 (net/fd_posix.go, internal/poll/fd_unix.go).
    static let networkDescriptor = ConnectionWalk.hop(
        WalkHop(dereferenceOffsets: [], terminal: .descriptor(offset: 16)))
}
