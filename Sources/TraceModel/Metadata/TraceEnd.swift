// SPDX-License-Identifier: Apache-2.0

/// Written last. A trace without it was cut off: the recorder was killed or the disk was full.
public struct TraceEnd: Codable, Sendable, Equatable {
    /// Why the recording ended: `interrupted`, `duration`, `target exited`, `disk full`, ...
    public var reason: String
    /// Just before the probes were taken away. Records that are later are from those that went last, and are not whole.
    public var endedAt: MonotonicInstant
    /// Records by schema name that BPF programs tried to emit.
    public var attempted: [String: UInt64]
    /// Those of them that the programs knew to be lost. A name without a loss is left out.
    public var lost: [String: UInt64]

    /// - Parameter attempted: empty: not known.
    public init(
        reason: String, endedAt: MonotonicInstant, attempted: [String: UInt64] = [:], lost: [String: UInt64] = [:]
    ) {
        self.reason = reason
        self.endedAt = endedAt
        self.attempted = attempted
        self.lost = lost
    }
}
