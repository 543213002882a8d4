// SPDX-License-Identifier: Apache-2.0
public import TraceModel
import CTraceRecords

/// Receives and sends of an endpoint's sockets that are in the trace as sums only.
public struct SummedCalls: Sendable {
    /// The peer's; of accepted connections this process's own; `nil`: not known, or of more endpoints than are told apart.
    public var endpoint: Endpoint?
    public var isAccepting: Bool
    public var receives: UInt64 = 0
    public var sends: UInt64 = 0
    /// Calls that moved no data: would-block and peeks.
    public var idle: UInt64 = 0
    /// From the latest send to the first receive after it: how many took less than 2 us, 4 us, and so on by doubling; the
    /// last has all longer ones.
    public var answers = [UInt64](repeating: 0, count: Int(PS_ANSWER_BUCKETS))

    public init(endpoint: Endpoint?, isAccepting: Bool) {
        self.endpoint = endpoint
        self.isAccepting = isAccepting
    }

    public var calls: UInt64 { receives.addingSaturated(sends).addingSaturated(idle) }

    /// The time under which at least so much of the answers came: the upper edge of a bucket, so at most twice the true
    /// value; `nil`: there were none, or it is in the last bucket, which has no edge.
    public func answerTime(percentile: Double) -> Duration? {
        let total = answers.reduce(UInt64(0)) { $0.addingSaturated($1) }
        if total == 0 { return nil }
        let rank = (Double(total) * percentile / 100).rounded(.up)
        var seen: UInt64 = 0
        for (index, count) in answers.enumerated().dropLast() {
            seen = seen.addingSaturated(count)
            if Double(seen) >= rank { return .nanoseconds(2048 << Int64(index)) }
        }
        return nil
    }
}
