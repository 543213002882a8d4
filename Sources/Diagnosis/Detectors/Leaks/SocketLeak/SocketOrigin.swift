// SPDX-License-Identifier: Apache-2.0
public import TraceModel

/// Sockets that were opened during the trace at one place for one purpose, and that are open and unused at its end.
public struct SocketOrigin: Sendable {
    /// The stack of socket(2); `nil`: accepted, or not known.
    public var stack: CallStack?
    /// `nil`: of datagram sockets, whose peers are many, and of sockets that were never connected.
    public var endpoint: Endpoint?
    public var isAccepted: Bool
    public var protocolNumber: UInt16
    /// Open, of no pool, and silent for at least `socket-leak.idle` and for three times as long as they were in use.
    public var forgotten: UInt64 = 0
    /// Of the others of this origin: open and in use, or too young.
    public var inUse: UInt64 = 0
    /// The forgotten ones by the quarter of the trace (less the idle time at its end) in which they were opened.
    public var byQuarter: [UInt64] = [0, 0, 0, 0]
    /// The births of the first and the last of the forgotten ones.
    public var firstBirth: EventReference?
    public var lastBirth: EventReference?
    public var longestSilence: Duration = .zero
    /// The lowest of the forgotten ones' descriptors, at most ten.
    public var descriptors: [Int32] = []

    public init(stack: CallStack?, endpoint: Endpoint?, isAccepted: Bool, protocolNumber: UInt16) {
        self.stack = stack
        self.endpoint = endpoint
        self.isAccepted = isAccepted
        self.protocolNumber = protocolNumber
    }

    /// Forgotten sockets a second, from the first one's birth to the last one's; 0: not known.
    public var growthPerSecond: Double {
        guard let firstBirth, let lastBirth, forgotten > 1, lastBirth.timestamp > firstBirth.timestamp else { return 0 }
        let length = Double((lastBirth.timestamp - firstBirth.timestamp).wholeNanoseconds) / 1e9
        return Double(forgotten - 1) / length
    }
}
