// SPDX-License-Identifier: Apache-2.0
public import TraceModel

/// Sockets of one endpoint that were of no use, when there were the most.
public struct SocketPileup: Sendable {
    public struct Peak: Sendable {
        public var sockets: UInt64
        /// Connections to the endpoint at that moment.
        public var open: UInt64
        /// The first such socket, and the one with which there were the most.
        public var first: EventReference
        public var event: EventReference

        public init(sockets: UInt64, open: UInt64, first: EventReference, event: EventReference) {
            self.sockets = sockets
            self.open = open
            self.first = first
            self.event = event
        }

        /// Of the endpoint's sockets.
        public var share: Double { Double(sockets) / Double(max(1, sockets.addingSaturated(open))) }
    }

    public var endpoint: Endpoint
    /// In TIME_WAIT: connections that this side closed first, in the 60 seconds that Linux keeps them (TCP_TIMEWAIT_LEN in
    /// include/net/tcp.h). Such a socket belongs to no process, and is not seen itself.
    public var waiting: Peak?
    /// In SYN_SENT for a second or longer: their SYN has been sent again.
    public var stuck: Peak?

    public init(endpoint: Endpoint, waiting: Peak?, stuck: Peak?) {
        self.endpoint = endpoint
        self.waiting = waiting
        self.stuck = stuck
    }
}
