// SPDX-License-Identifier: Apache-2.0

/// How a lease was joined to its socket.
public enum JoinMethod: String, Sendable {
    /// By a chain of pointers from the connection object to the descriptor, at the acquire.
    case walked = "pointer chain"
    /// By the same chain, followed by the recorder after the acquire.
    case walkedLater = "pointer chain later"
    /// The holder used one socket only during the lease: this one.
    case witness = "holder I/O"
    case none
}
