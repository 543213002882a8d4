// SPDX-License-Identifier: Apache-2.0
public import TraceModel

/// Censuses that found data waiting for a peer whose window was closed: its host answers, its program does not read.
public struct ClosedWindows: Sendable {
    public var sockets: UInt64 = 1
    /// Of all the sockets.
    public var censuses: UInt64 = 1
    public var first: EventReference
    public var last: EventReference

    public init(_ event: EventReference) { (first, last) = (event, event) }

    /// One more census of the same socket.
    public mutating func add(_ event: EventReference) {
        censuses &+= 1
        last = event
    }

    /// Those of another socket.
    public mutating func add(_ other: ClosedWindows) {
        sockets &+= other.sockets
        censuses &+= other.censuses
        if other.first.ordinal < first.ordinal { first = other.first }
        if other.last.ordinal > last.ordinal { last = other.last }
    }
}
