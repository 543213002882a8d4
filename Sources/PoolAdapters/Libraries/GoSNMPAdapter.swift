// SPDX-License-Identifier: Apache-2.0
import TargetInspection

/// Clients of gosnmp (gosnmp.go; 1.35 and 1.43).
///
///     func (x *GoSNMP) netConnect() error        of Connect, ConnectIPv4, ConnectIPv6, and of reconnecting over TCP
///
/// It has no pool: a client has a socket of its own from `Connect` until that is closed, and a client that is made anew for
/// each poll and not closed leaks it. `netConnect` leaves the socket in `GoSNMP.Conn`, the client's first field, so the
/// client is kept from the entry to the return. A program closes `GoSNMP.Conn` itself, or calls `Close` where the library
/// has it: both end in `net.(*netFD).Close`, as does the finalizer of a socket that nothing refers to any more. A lease is
/// keyed by that `netFD`.
///
/// A client that is kept from poll to poll is well, and silent for as long as the polls are apart.
struct GoSNMPAdapter: PoolAdapter {
    let name = "gosnmp"
    let module: String? = "github.com/gosnmp/gosnmp"
    let isOnRequest = true
    let keepsConnections = false

    private static let connect = "github.com/gosnmp/gosnmp.(*GoSNMP).netConnect"
    /// The data word of `GoSNMP.Conn`, and `fd` of the `net.UDPConn` or `net.TCPConn` there.
    private static let descriptorOfClient: [UInt32] = [8, 0]

    let points = [
        AdapterPoint(.acquire_begin, connect, at: .entry, connection: 0, keepsConnection: true),
        AdapterPoint(
            .acquire_end, connect, at: .returns, connectionPath: descriptorOfClient, error: 0, isOfKnownLeases: true),
        AdapterPoint(.release, "net.(*netFD).Close", at: .entry, connection: 0, isOfKnownLeases: true),
    ]

    let keySteps = [
        KeyStep(
            [GoField("Conn", of: GoStructureName(package: "github.com/gosnmp/gosnmp", name: "GoSNMP"))],
            isInterface: true),
        ConnectionChain.networkStep(["UDPConn", "TCPConn"]),
    ]

    let chain = ConnectionChain.networkDescriptor
}
