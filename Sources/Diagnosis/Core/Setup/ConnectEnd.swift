// SPDX-License-Identifier: Apache-2.0

/// How an attempt to connect ended.
struct ConnectEnd {
    var mark: EventMark
    var isSuccess: Bool
    /// The errno of the failure; 0: none is known.
    var error: Int32
}

/// What a return of connect(2) means.
struct ConnectReturn {
    /// A new attempt, which may be under way still; not one that a signal had interrupted.
    var isNew = false
    /// `nil`: the attempt goes on, or nobody was asked.
    var end: ConnectEnd?
}
