// SPDX-License-Identifier: Apache-2.0
public import TraceModel

/// How a lease ended.
public struct LeaseEnding: Hashable, Sendable {
    public enum Kind: String, CaseIterable, Sendable {
        /// The connection went back to its pool, or on to the next who waited.
        case returned
        /// Released with an error, and closed at once by who released it.
        case closedWithError = "closed with error"
        /// Released without an error, and closed at once by who released it: one too many, too old, or found bad.
        case closedWithoutError = "closed without error"
        /// The connection, or its socket, was closed before it was released.
        case closedInUse = "closed in use"
        /// No release is in the trace, and yet the connection was leased again.
        case unknown
    }

    public var kind: Kind
    /// The release or the close; `nil`: not in the trace.
    public var event: EventReference?
    /// The dynamic type of the error that it was released with; `nil`: none, or its name is not known.
    public var errorType: String?
    /// The release carried an error.
    public var hasError: Bool

    public init(kind: Kind, event: EventReference? = nil, errorType: String? = nil, hasError: Bool = false) {
        self.kind = kind
        self.event = event
        self.errorType = errorType
        self.hasError = hasError
    }
}
