// SPDX-License-Identifier: Apache-2.0

/// Records of one kind that are not in the trace.
public struct LossWindow: Hashable, Sendable {
    /// `nil`: not known which.
    public var kind: RecordKind?
    /// A clause for the user, such as `the ring buffer was full`.
    public var reason: String
    /// `true`: the record is there, only its stack is not.
    public var isStackOnly: Bool
    /// Records, or stacks where only those are missing.
    public var count: UInt64
    /// None was lost before.
    public var start: MonotonicInstant
    /// None was lost after.
    public var end: MonotonicInstant
    /// The processors on which they were lost, ascending; empty: not known.
    public var cpus: [UInt32]

    /// - Parameter cpus: ascending.
    public init(
        kind: RecordKind?, reason: String, isStackOnly: Bool = false, count: UInt64, start: MonotonicInstant,
        end: MonotonicInstant, cpus: [UInt32] = []
    ) {
        self.kind = kind
        self.reason = reason
        self.isStackOnly = isStackOnly
        self.count = count
        self.start = start
        self.end = end
        self.cpus = cpus
    }

    /// Takes in another window of the same kind and reason.
    ///
    /// - Parameter limit: So many processors are told apart at most.
    public mutating func add(_ other: LossWindow, limit: Int = 1024) {
        count = count &+ other.count
        start = min(start, other.start)
        end = max(end, other.end)
        for cpu in other.cpus where cpus.count < limit && !cpus.contains(cpu) {
            cpus.insert(cpu, at: cpus.firstIndex { $0 > cpu } ?? cpus.endIndex)
        }
    }
}
