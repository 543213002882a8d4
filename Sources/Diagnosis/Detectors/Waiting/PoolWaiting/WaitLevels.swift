// SPDX-License-Identifier: Apache-2.0

/// The waits of at least `pool-wait.counted`, by the most connections that others had meanwhile.
struct WaitLevels {
    private(set) var levels: [WaitLevel] = []

    /// - Parameter occupied: the most connections that others had.
    mutating func add(_ begin: EventMark, length: UInt64, isFirstUse: Bool, slowFrom: UInt64, occupied: UInt64) {
        let level = min(Int(clamping: occupied), ContentionLedger.levelLimit)
        if level >= levels.count {
            levels.append(contentsOf: repeatElement(WaitLevel(), count: level + 1 - levels.count))
        }
        levels[level].add(begin, length: length, isFirstUse: isFirstUse, slowFrom: slowFrom)
    }
}
