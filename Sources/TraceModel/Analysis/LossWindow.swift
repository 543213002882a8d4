// SPDX-License-Identifier: Apache-2.0

/// Records of one kind that are not in the trace.
public struct LossWindow: Hashable, Sendable {
    /// The kind's schema name; `nil`: not known which.
    public var kind: String?
    public var reason: String
    /// `true`: the record is there, only its stack is not.
    public var isStackOnly: Bool
    public var count: UInt64
    public var start: MonotonicInstant
    public var end: MonotonicInstant

    public init(
        kind: String?, reason: String, isStackOnly: Bool = false, count: UInt64, start: MonotonicInstant,
        end: MonotonicInstant
    ) {
        self.kind = kind
        self.reason = reason
        self.isStackOnly = isStackOnly
        self.count = count
        self.start = start
        self.end = end
    }
}
