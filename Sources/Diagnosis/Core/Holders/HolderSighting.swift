// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// What became of a lease's holder, as the last audit saw it: `HolderCondition` in plain numbers.
struct HolderSighting {
    var state = HolderCondition.State.unknown
    var goroutineStatus: UInt16?
    /// `nil`: no audit looked at it.
    var mark: EventMark?

    var condition: HolderCondition {
        HolderCondition(state: state, goroutineStatus: goroutineStatus, event: mark?.reference)
    }
}
