// SPDX-License-Identifier: Apache-2.0

/// How often handshakes with one endpoint returned one type of error.
public struct HandshakeError: Hashable, Sendable {
    /// The name of its dynamic type, or its address where the trace does not have it.
    public var name: String
    public var count: UInt64

    public init(name: String, count: UInt64) {
        self.name = name
        self.count = count
    }
}
