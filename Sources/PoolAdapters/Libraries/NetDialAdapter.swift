// SPDX-License-Identifier: Apache-2.0
import TargetInspection

/// Connections of package `net` (src/net/dial.go, Go 1.19 to 1.27): each is a lease from the dial to its close.
///
///     func (d *Dialer) DialContext(ctx context.Context, network, address string) (Conn, error)
///     func DialTCP(network string, laddr, raddr *TCPAddr) (*TCPConn, error)        and DialUDP, DialIP, DialUnix
///
/// `Dial`, `DialTimeout` and `Dialer.Dial` call `DialContext`. From Go 1.26 on `DialTCP` and the like, also those of
/// `Dialer`, call `dialTCP`. A lease ends in `poll.(*FD).destroy`, which closes the descriptor once, when the last call
/// on it has returned; also for a connection that nothing refers to any more. It is keyed by the `netFD`, at whose
/// beginning the `poll.FD` is.
///
/// What a pool dials is a lease as well, for as long as the pool keeps it.
struct NetDialAdapter: PoolAdapter {
    let name = "net.Dial"
    let module: String? = nil
    let isOnRequest = true
    let keepsConnections = false

    /// `conn.fd`, first in `TCPConn`, `UDPConn`, `IPConn` and `UnixConn`.
    private static let descriptor: [UInt32] = [0]

    let points =
        [
            AdapterPoint(.acquire_begin, "net.(*Dialer).DialContext", at: .entry),
            AdapterPoint(
                .acquire_end, "net.(*Dialer).DialContext", at: .returns, connection: 1, connectionPath: descriptor,
                error: 2, isOfKnownLeases: true),
            AdapterPoint(
                .release, "internal/poll.(*FD).destroy", at: .entry, connection: 0, isOfKnownLeases: true),
        ]
        + ["TCP", "UDP", "IP", "Unix"].flatMap { kind in
            typedDial("net.dial\(kind)") + typedDial("net.Dial\(kind)", unless: "net.dial\(kind)")
        }

    let keySteps = [ConnectionChain.networkStep(["TCPConn", "UDPConn", "IPConn", "UnixConn"])]

    let firstFields = [GoField("pfd", of: GoStructureName(package: "net", name: "netFD"))]

    let chain = ConnectionChain.networkDescriptor

    private static func typedDial(_ function: String, unless inner: String? = nil) -> [AdapterPoint] {
        [
            AdapterPoint(.acquire_begin, function, at: .entry, isOptional: true, unless: inner),
            AdapterPoint(
                .acquire_end, function, at: .returns, connection: 0, connectionPath: descriptor, error: 1,
                isOfKnownLeases: true, isOptional: true, unless: inner),
        ]
    }
}
