// SPDX-License-Identifier: Apache-2.0

/// How a lease was joined to its socket.
public enum JoinMethod: String, Sendable {
    /// By walking from the connection object to the descriptor at the acquire.
    case walked
    /// By the same walk, made by the recorder after the acquire.
    case walkedLater = "walked later"
    /// The holder used one socket only during the lease: this one.
    case witness
    case none
}
