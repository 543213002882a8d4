// SPDX-License-Identifier: Apache-2.0
public import TraceModel

/// How one endpoint answers, and the times in which it answered nobody, although several had asked.
public struct SilentStalls: Sendable {
    public var endpoint: Endpoint
    /// From a request's last send to the first data of its answer, over the whole trace, without those that waited
    /// through a silence of the endpoint.
    public var roundTrips: DurationStatistics
    /// Stalls so long, against the round trips' p99, that they are not usual.
    public var stalls: UInt64 = 0
    public var longest: Duration = .zero
    /// Over all stalls.
    public var total: Duration = .zero
    /// From the first request to the end of the trace.
    public var observed: Duration = .zero
    /// Connections that waited in the stall that most waited in.
    public var connections: UInt64 = 0
    /// Requests that waited, over all stalls.
    public var requests: UInt64 = 0
    /// Of them, those known to have arrived: a census found nothing unacknowledged, or TCP sent nothing again for so long
    /// that it would have.
    public var acknowledged: UInt64 = 0
    /// Of them, those of leased connections.
    public var leased: UInt64 = 0
    /// Requests of more than one size waited: it is not one kind that waits on purpose.
    public var hasOtherSizes = false
    /// The last one has not ended when the trace does.
    public var isGoingOn = false
    /// The request that waited for longest in the first stall, and the first answer after the last.
    public var first: EventReference?
    public var last: EventReference?
    public var doubts = StallDoubts()
    /// Some of its calls came as sums, and nothing is known from then on.
    public var isSummed = false

    public init(endpoint: Endpoint, roundTrips: DurationStatistics) {
        self.endpoint = endpoint
        self.roundTrips = roundTrips
    }
}
