// SPDX-License-Identifier: Apache-2.0
public import TraceModel

/// Datagrams that a client's socket received from a peer it had sent nothing to: late answers to an earlier socket of the same
/// port, a server that answers from another address, or forged ones.
public struct StrayDatagrams: Sendable {
    /// This process's own address.
    public var local: Endpoint?
    /// `nil`: not known.
    public var descriptor: Int32?
    public var peer: DatagramExchange

    public init(local: Endpoint?, descriptor: Int32?, peer: DatagramExchange) {
        self.local = local
        self.descriptor = descriptor
        self.peer = peer
    }
}
