// SPDX-License-Identifier: Apache-2.0

/// What the time of a lease goes to, from the request for a connection to its return: docs/lease-time.md.
public enum LeasePart: Int, CaseIterable, Sendable {
    /// In the pool: waiting for a connection, or for the pool's own checks of one.
    case pool
    case lookUp
    case connect
    case handshake
    case startUp
    /// Making a connection, of which the steps cannot be told apart.
    case dial

    /// Handing a request to the kernel.
    case send
    case network
    case peer
    /// Network and peer, not told apart.
    case remote
    /// The answer is there, and nobody reads it.
    case receiveQueue
    /// The holder does something else.
    case own

    /// Not told, as the lease's socket is not known.
    case noSocket
    /// Not told, as the socket's calls were summed up.
    case summed
    /// Not told, as the order of the calls does not say who waited for whom.
    case unclear
    /// Not told, as calls, or when they began, are not in the trace.
    case missing

    /// Whether it is a part of the wait; else, of the hold.
    public var isWait: Bool { rawValue <= LeasePart.dial.rawValue }

    /// Whether it is a part of the hold that nothing can be told of.
    public var isUntold: Bool { rawValue >= LeasePart.noSocket.rawValue }

    /// As in JSON.
    public var name: String {
        switch self {
        case .pool: "pool"
        case .lookUp: "lookup"
        case .connect: "connect"
        case .handshake: "tls"
        case .startUp: "session_startup"
        case .dial: "dial"
        case .send: "send"
        case .network: "network"
        case .peer: "server"
        case .remote: "network_or_server"
        case .receiveQueue: "receive_queue"
        case .own: "application"
        case .noSocket: "no_socket"
        case .summed: "aggregated"
        case .unclear: "unclear"
        case .missing: "missing"
        }
    }
}
