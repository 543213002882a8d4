// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// The connections of one pool to one endpoint that ended in their start-up, so far.
struct StartUpState {
    private static let errorLimit = 16

    /// An acquire that failed, with the connection that had been made for it.
    struct Failure {
        let connection: UnleasedConnection
        let mark: EventMark
    }

    /// By the acquire's error; those beyond the limit under type 0.
    private(set) var errors: [FailureLedger.Key: UInt64] = [:]
    private(set) var first: Failure?
    private(set) var last: Failure?
    /// Of the pool; -1: not known.
    private(set) var site: Int32 = -1
    var successes: UInt64 = 0
    var isLastFailed = false

    mutating func add(_ failure: Failure, error: FailureLedger.Key, site: Int32) {
        let isKnown = errors[error] != nil || errors.count < Self.errorLimit
        errors[isKnown ? error : FailureLedger.Key(type: 0, value: 0), default: 0] &+= 1
        if first == nil { first = failure }
        last = failure
        self.site = site
        isLastFailed = true
    }
}
