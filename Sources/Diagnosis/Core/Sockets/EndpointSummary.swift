// SPDX-License-Identifier: Apache-2.0
public import TraceModel

/// What the target did with one endpoint.
public struct EndpointSummary: Sendable {
    public var endpoint: Endpoint
    /// `true`: the endpoint is this process's, and peers connect to it.
    public var isAccepting: Bool
    public var protocolNumber: UInt16
    /// The name that its address was looked up by; `nil`: none was seen.
    public var name: String?
    /// Sockets in the trace, those from before it included.
    public var sockets: UInt64 = 0
    public var openSockets: UInt64 = 0
    /// Receives of data.
    public var dataReceives: UInt64 = 0
    public var receivedBytes: UInt64 = 0
    public var sentBytes: UInt64 = 0
    public var connects: UInt64 = 0
    public var failedConnects: UInt64 = 0
    /// The highest smoothed round-trip time that a census saw; `nil`: none.
    public var roundTrip: Duration?
    public var retransmits: UInt64 = 0
    /// Segments with data that were sent during the trace, those sent again included, as far as censuses saw; without
    /// sockets whose peer has vanished.
    public var dataSegments: UInt64 = 0
    /// Of the same sockets, those sent again.
    public var resentSegments: UInt64 = 0
    /// The first and the last one of which there is a record.
    public var firstResent: EventReference?
    public var lastResent: EventReference?
    /// Of its sockets; `nil`: no census found one.
    public var closedWindows: ClosedWindows?

    public init(endpoint: Endpoint, isAccepting: Bool, protocolNumber: UInt16) {
        self.endpoint = endpoint
        self.isAccepting = isAccepting
        self.protocolNumber = protocolNumber
    }
}
