// SPDX-License-Identifier: Apache-2.0

/// The acquires of a pool that came back with one type of error, so far.
struct FailureState {
    var dialled: UInt64 = 0
    var waits = LogHistogram()
    /// Those whose request was before the trace: they have no wait.
    var withoutBegin: UInt64 = 0

    var count: UInt64 { waits.count &+ withoutBegin }
}
