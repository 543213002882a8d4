// SPDX-License-Identifier: Apache-2.0

/// Acquires that came back with one error, or with errors of one type.
public struct FailedAcquires: Hashable, Sendable {
    /// The package variable that the error is, such as `context.Canceled`, where that is known; else the dynamic type,
    /// such as `context.deadlineExceededError`; its address in hex when it has no name in the trace.
    public var errorType: String
    public var count: UInt64
    /// Of them, those that opened or connected a socket themselves: their time is the connect's.
    public var dialled: UInt64
    /// Of all of them, from the request to the error.
    public var waits: DurationStatistics
    /// By call site, the most frequent first: at most 32.
    public var sites: [FailedSite]

    public var cancellation: Cancellation { Cancellation(error: errorType) }

    public init(
        errorType: String, count: UInt64, dialled: UInt64, waits: DurationStatistics, sites: [FailedSite] = []
    ) {
        self.errorType = errorType
        self.count = count
        self.dialled = dialled
        self.waits = waits
        self.sites = sites
    }
}
