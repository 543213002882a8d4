// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import TraceModel

extension Core {
    /// With its place in words.
    func condition(ofHolderOf lease: LeaseState) -> HolderCondition {
        var condition = lease.sighting.condition
        guard condition.state == .exists else { return condition }
        let place = lease.holderPlace
        condition.waitReason = GoWaitReason.text(place.waitReason, goVersion: process?.goVersion)
        if place.stackID >= Int32(PS_FIRST_OWN_STACK_ID) {
            condition.stack = stacks.resolve(stackID: place.stackID)
            condition.thereSince = MonotonicInstant(nanoseconds: place.since)
        }
        return condition
    }
}
