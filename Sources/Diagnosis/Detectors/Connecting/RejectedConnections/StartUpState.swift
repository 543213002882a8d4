// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// The connections of one pool to one endpoint that ended in their start-up, so far.
struct StartUpState {
    private static let errorLimit = 16

    /// An acquire that failed, with the connection that had been made for it.
    struct Failure {
        let connection: UnleasedConnection
        let mark: EventMark
        /// Of the pool; -1: not known.
        let site: Int32
    }

    /// Those of one error. Some errors turn out not to count: each has its own first and last.
    struct Failures {
        var count: UInt64
        let first: Failure
        var last: Failure
    }

    /// By the acquire's error; those beyond the limit under type 0.
    private(set) var failures: [FailureLedger.Key: Failures] = [:]
    private(set) var successes: UInt64 = 0
    /// 0: never.
    private(set) var lastSucceeded: UInt64 = 0

    mutating func failed(_ failure: Failure, error: FailureLedger.Key) {
        let isKnown = failures[error] != nil || failures.count < Self.errorLimit
        let key = isKnown ? error : FailureLedger.Key(type: 0, value: 0)
        failures[key, default: Failures(count: 0, first: failure, last: failure)].count &+= 1
        failures[key]?.last = failure
    }

    mutating func succeeded(at now: UInt64) {
        successes &+= 1
        lastSucceeded = max(lastSucceeded, now)
    }
}
