// SPDX-License-Identifier: Apache-2.0
public import TraceModel

/// TLS handshakes of this process as a client with one endpoint.
public struct HandshakeSummary: Sendable {
    /// `nil`: their socket is not known.
    public var endpoint: Endpoint?
    /// Those that returned.
    public var handshakes: UInt64 = 0
    /// Of these, with an error; not those of `cancelled`.
    public var failed: UInt64 = 0
    /// Given up: the context was cancelled, and the connection closed, while the peer had not ended it.
    public var cancelled: UInt64 = 0
    /// Of these, failed or not, after `tls-handshake-failing.hang` or later.
    public var long: UInt64 = 0
    public var longest: Duration = .zero
    /// The most frequent first, 16 at most.
    public var errors: [HandshakeError] = []
    /// Connections on which no handshake returned, something was sent, and nothing received: that the peer ended, or that
    /// waited for `tls-handshake-failing.hang` or longer. Whatever protocol they speak.
    public var wordless: UInt64 = 0
    /// Of the last that is counted above.
    public var descriptor: Int32?
    public var stack: CallStack?
    /// The first and the last that failed, took long or had no word.
    public var first: EventReference?
    public var last: EventReference?

    public init(endpoint: Endpoint?) { self.endpoint = endpoint }
}
