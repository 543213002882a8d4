// SPDX-License-Identifier: Apache-2.0

/// Acquires that came back with an error of one type.
public struct FailedAcquires: Hashable, Sendable {
    /// The dynamic type, such as `context.deadlineExceededError`; its address in hex when it has no name in the trace.
    public var errorType: String
    public var count: UInt64
    /// Of them, those that opened or connected a socket themselves: their time is the connect's.
    public var dialled: UInt64
    /// Of all of them, from the request to the error.
    public var waits: DurationStatistics

    public init(errorType: String, count: UInt64, dialled: UInt64, waits: DurationStatistics) {
        self.errorType = errorType
        self.count = count
        self.dialled = dialled
        self.waits = waits
    }
}
