// SPDX-License-Identifier: Apache-2.0

/// An acquire has come back, with a connection or an error.
struct WaitEnd {
    /// Its slot among the pending ones: it can be read until another begins.
    let request: Int32
    let at: UInt64
    let length: UInt64
    /// It got a connection that nobody had before in the trace.
    let isFirstUse: Bool
}
