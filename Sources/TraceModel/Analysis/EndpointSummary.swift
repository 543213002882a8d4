// SPDX-License-Identifier: Apache-2.0

/// What the target did with one endpoint.
public struct EndpointSummary: Sendable {
    public var endpoint: Endpoint
    /// `true`: the endpoint is this process's, and peers connect to it.
    public var isAccepting: Bool
    public var protocolNumber: UInt16
    /// Sockets in the trace, those from before it included.
    public var sockets: UInt64 = 0
    public var openSockets: UInt64 = 0
    public var receivedBytes: UInt64 = 0
    public var sentBytes: UInt64 = 0
    public var connects: UInt64 = 0
    public var failedConnects: UInt64 = 0
    /// The highest smoothed round-trip time that a census saw; `nil`: none.
    public var roundTrip: Duration?
    public var retransmits: UInt64 = 0

    public init(endpoint: Endpoint, isAccepting: Bool, protocolNumber: UInt16) {
        self.endpoint = endpoint
        self.isAccepting = isAccepting
        self.protocolNumber = protocolNumber
    }
}
