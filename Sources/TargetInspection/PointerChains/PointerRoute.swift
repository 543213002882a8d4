// SPDX-License-Identifier: Apache-2.0

/// A hop with the names of the fields that it goes through.
public struct PointerRoute: Sendable, Equatable {
    let hop: PointerHop
    /// From the structure, as in Go: `conn.fd.pfd.Sysfd`.
    let path: String
}
