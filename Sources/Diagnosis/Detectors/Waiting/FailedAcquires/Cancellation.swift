// SPDX-License-Identifier: Apache-2.0

/// Whether an acquire that failed was given up by its own caller's context.
public enum Cancellation: String, Sendable {
    /// `context.Canceled`.
    case cancelled
    /// `context.DeadlineExceeded`.
    case deadline
    /// Of an error whose type others share, and which could not be told from theirs.
    case unknown = "not known"
    /// It is another error.
    case other

    /// - Parameter error: the name of the error, as far as it is known: its package variable, else its dynamic type.
    public init(error: String) {
        self =
            switch error {
            case "context.Canceled": .cancelled
            case "context.deadlineExceededError": .deadline
            // What errors.New makes; `context.Canceled` is one of them.
            case "*errors.errorString": .unknown
            default: .other
            }
    }
}
