// SPDX-License-Identifier: Apache-2.0

/// Where the time of an open lease goes, so far.
struct LeaseTimeState {
    var split = HoldSplit()
    /// When its holder began to make a connection; 0: it did not.
    var dialAt: UInt64 = 0
    /// How much of its wait were look-ups of names.
    var lookupTime: UInt64 = 0
    /// The parts of the wait; `nil`: not told yet.
    var waitTime: LeaseTime?
}
