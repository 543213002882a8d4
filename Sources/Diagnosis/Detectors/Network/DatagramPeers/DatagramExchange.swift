// SPDX-License-Identifier: Apache-2.0
public import TraceModel

/// What a UDP socket without a peer of its own exchanged with one peer.
public struct DatagramExchange: Sendable {
    public var peer: Endpoint
    public var sentDatagrams: UInt64 = 0
    public var receivedDatagrams: UInt64 = 0
    public var sentBytes: UInt64 = 0
    public var receivedBytes: UInt64 = 0
    public var first: EventReference

    public init(peer: Endpoint, first: EventReference) {
        self.peer = peer
        self.first = first
    }
}
