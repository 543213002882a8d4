// SPDX-License-Identifier: Apache-2.0
public import TraceModel

/// What arrived for a UDP socket and was dropped for want of room.
public struct DatagramDrops: Sendable {
    public var local: Endpoint?
    /// `nil`: not known.
    public var descriptor: Int32?
    /// Datagrams: by the records or, where the censuses saw more, by them.
    public var drops: UInt64
    /// Of them, those for which the host's memory for UDP was full (ENOBUFS).
    public var hostDrops: UInt64
    /// The most in one run, in which none came later than 100 ms after the one before.
    public var longestBurst: UInt64
    /// SO_RCVBUF as the kernel counts it: twice what was asked for; 0: not known.
    public var bufferBytes: UInt64
    public var first: EventReference?
    public var last: EventReference?

    public init(
        local: Endpoint?, descriptor: Int32?, drops: UInt64, hostDrops: UInt64, longestBurst: UInt64,
        bufferBytes: UInt64, first: EventReference?, last: EventReference?
    ) {
        self.local = local
        self.descriptor = descriptor
        self.drops = drops
        self.hostDrops = hostDrops
        self.longestBurst = longestBurst
        self.bufferBytes = bufferBytes
        self.first = first
        self.last = last
    }
}
