// SPDX-License-Identifier: Apache-2.0

/// What an audit could tell of a goroutine.
public struct GoroutineState: Sendable, Equatable {
    /// Whether the goroutine is still there.
    public enum Presence: Sendable, Equatable {
        /// The goroutine has not ended.
        case exists
        /// The goroutine has ended, for certain.
        case ended
        /// It could not be read.
        case unknown
    }

    /// Only `exists` and `ended` are proven; `unknown` decides nothing.
    public let presence: Presence
    /// `g.atomicstatus` without the scan bit: 1 runnable, 2 running, 3 in a system call, 4 waiting, 6 dead; 0 unless it
    /// exists.
    public let status: UInt16
    /// `g.waitreason`, numbered as in the target's Go version; only meaningful in status 4.
    public let waitReason: UInt16

    init(_ presence: Presence, status: UInt16 = 0, waitReason: UInt16 = 0) {
        self.presence = presence
        self.status = status
        self.waitReason = waitReason
    }
}
