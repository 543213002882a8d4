// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// Attempts to connect by endpoint. At most `limit` endpoints; attempts at others are counted only.
struct ConnectLedger {
    /// A port scan meets many endpoints.
    static let limit = 2048
    /// Names with addresses of both IP versions are tried side by side, or one after the other, within this time.
    private static let fallbackTime: UInt64 = 1_000_000_000
    private static let portLimit = 1024

    struct Entry {
        var summary: ConnectSummary
        var retries: RetryMeter
        var stackID: Int32 = -1
    }

    private struct Outcome {
        var endpoint: Endpoint
        var at: UInt64
        var error: Int32
    }

    private(set) var entries: [Endpoint: Entry] = [:]
    /// Failures at endpoints beyond the limit.
    private(set) var unlisted: UInt64 = 0
    private var lastFailures: [UInt16: Outcome] = [:]
    private var lastSuccesses: [UInt16: Outcome] = [:]

    mutating func succeeded(_ endpoint: Endpoint, started: UInt64, at now: UInt64, rateLimit: UInt64) {
        // Only endpoints that also failed are of interest, but a success may come first.
        guard enter(endpoint, rateLimit: rateLimit) else { return }
        entries[endpoint]?.summary.attempts &+= 1
        entries[endpoint]?.summary.successes &+= 1
        entries[endpoint]?.summary.isLastFailed = false
        entries[endpoint]?.retries.note(start: started, isFailure: false)
        guard let port = endpoint.port else { return }
        Self.keep(Outcome(endpoint: endpoint, at: now, error: 0), of: port, in: &lastSuccesses)
        if let failure = lastFailures[port], Self.isOtherFamily(failure.endpoint, endpoint),
            now &- failure.at < Self.fallbackTime
        {
            lastFailures[port] = nil
            forgive(failure)
        }
    }

    mutating func failed(
        _ endpoint: Endpoint, error: Int32, started: UInt64, mark: EventMark, descriptor: Int32, stackID: Int32,
        rateLimit: UInt64
    ) {
        guard enter(endpoint, rateLimit: rateLimit), var entry = entries[endpoint] else {
            unlisted &+= 1
            return
        }
        entry.summary.attempts &+= 1
        entry.summary.failures[error, default: 0] &+= 1
        entry.summary.firstFailure = entry.summary.firstFailure ?? mark.reference
        entry.summary.lastFailure = mark.reference
        entry.summary.isLastFailed = true
        entry.summary.descriptor = descriptor >= 0 ? descriptor : nil
        let length = mark.timestamp > started ? mark.timestamp - started : 0
        entry.summary.longestFailure = max(entry.summary.longestFailure, .nanoseconds(clamping: length))
        if stackID >= 0 { entry.stackID = stackID }
        entry.retries.note(start: started, isFailure: true)
        entries[endpoint] = entry
        guard let port = endpoint.port else { return }
        let failure = Outcome(endpoint: endpoint, at: mark.timestamp, error: error)
        if let success = lastSuccesses[port], Self.isOtherFamily(success.endpoint, endpoint),
            mark.timestamp &- success.at < Self.fallbackTime
        {
            forgive(failure)
        } else {
            Self.keep(failure, of: port, in: &lastFailures)
        }
    }

    /// The other IP version answered.
    private mutating func forgive(_ failure: Outcome) {
        guard let count = entries[failure.endpoint]?.summary.failures[failure.error], count > 0 else { return }
        entries[failure.endpoint]?.summary.failures[failure.error] = count == 1 ? nil : count - 1
    }

    private mutating func enter(_ endpoint: Endpoint, rateLimit: UInt64) -> Bool {
        if entries[endpoint] != nil { return true }
        guard entries.count < Self.limit else { return false }
        entries[endpoint] = Entry(
            summary: ConnectSummary(endpoint: endpoint), retries: RetryMeter(rateLimit: rateLimit))
        return true
    }

    private static func keep(_ outcome: Outcome, of port: UInt16, in outcomes: inout [UInt16: Outcome]) {
        if outcomes.count >= portLimit, outcomes[port] == nil { outcomes.removeAll(keepingCapacity: true) }
        outcomes[port] = outcome
    }

    private static func isOtherFamily(_ left: Endpoint, _ right: Endpoint) -> Bool {
        switch (left, right) {
        case (.ipv4, .ipv6), (.ipv6, .ipv4): true
        default: false
        }
    }
}
