// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// An acquire has come back with an error.
struct AcquireFailure {
    let pool: Int32
    /// Its slot among the pending ones, which can be read until another begins; `nil`: the request was before the trace.
    let request: Int32?
    let holder: Holder
    /// Addresses of the error's dynamic type, and of its value.
    let errorType: UInt64
    let errorValue: UInt64
    let mark: EventMark
}
