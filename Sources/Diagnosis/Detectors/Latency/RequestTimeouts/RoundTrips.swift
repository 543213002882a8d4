// SPDX-License-Identifier: Apache-2.0
public import TraceModel

/// The last round trips of leased connections to one endpoint: from a request to the first data of its answer.
public struct RoundTrips: Sendable {
    /// How many of the last are kept.
    public static let kept = 32

    public var endpoint: Endpoint
    /// Over the whole trace.
    public var count: UInt64
    /// At most `kept`, in no order.
    public var last: [Duration]
    /// The receive that ended the latest.
    public var event: EventReference

    public init(endpoint: Endpoint, count: UInt64, last: [Duration], event: EventReference) {
        self.endpoint = endpoint
        self.count = count
        self.last = last
        self.event = event
    }
}
