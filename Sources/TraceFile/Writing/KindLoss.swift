// SPDX-License-Identifier: Apache-2.0

/// How many records of one kind, and between which timestamps: what is lost when their block cannot be written.
struct KindLoss {
    var count: UInt64 = 0
    var earliest = UInt64.max
    var latest: UInt64 = 0

    mutating func add(_ timestamp: UInt64) {
        count &+= 1
        earliest = min(earliest, timestamp)
        latest = max(latest, timestamp)
    }

    mutating func add(_ other: KindLoss) {
        count &+= other.count
        earliest = min(earliest, other.earliest)
        latest = max(latest, other.latest)
    }
}
