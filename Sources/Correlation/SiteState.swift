// SPDX-License-Identifier: Apache-2.0

/// What one acquiring stack did with a pool, so far.
struct SiteState {
    let key: SiteKey
    var acquires: UInt64 = 0
    var openLeases: UInt64 = 0
    var completed: UInt64 = 0
    var totalHold: UInt64 = 0
    var longestHold: UInt64 = 0
    var longLeases: UInt64 = 0
    var longHold: UInt64 = 0
    var longSocketTime: UInt64 = 0
    var firstLong: EventMark?
    var lastLong: EventMark?
    var othersWaited: UInt64 = 0

    init(key: SiteKey) { self.key = key }
}
