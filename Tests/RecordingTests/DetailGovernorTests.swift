// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Recording

@Suite struct DetailGovernorTests {
    private let second: UInt64 = 1_000_000_000

    /// One second of calls: by inode how many, of which `lost` found no room.
    private func second(
        _ index: UInt64, _ governor: inout DetailGovernor, _ calls: [UInt64: Int], lost: UInt64 = 0
    ) -> DetailGovernor.Choice? {
        if governor.isWatching {
            for (inode, count) in calls { for _ in 0..<count { governor.note(inode: inode) } }
        }
        governor.note(records: calls.values.reduce(0, +))
        return governor.tick(now: index * second, lost: lost)
    }

    @Test func theBusiestAreChosenUntilHalfTheLimitIsLeft() {
        var governor = DetailGovernor(limit: 1000, now: 0)
        let calls: [UInt64: Int] = [900: 700, 901: 500, 902: 211, 903: 7]
        #expect(second(1, &governor, calls) == nil, "nothing was counted by socket yet")
        #expect(governor.isWatching)
        #expect(second(2, &governor, calls) == .init(callsPerSecond: 1418, inodes: [900, 901]))
        #expect(second(3, &governor, [902: 211, 903: 7]) == nil)
        #expect(!governor.isWatching)
    }

    @Test func belowTheLimitNothingIs() {
        var governor = DetailGovernor(limit: 1000, now: 0)
        for index in 1...UInt64(5) { #expect(second(index, &governor, [900: 1000]) == nil) }
        #expect(governor.isWatching, "but it is watched")
    }

    @Test func whatWasLostCounts() {
        var governor = DetailGovernor(limit: 1000, now: 0)
        _ = second(1, &governor, [900: 400, 901: 200])
        #expect(second(2, &governor, [900: 400, 901: 200], lost: 600) == .init(callsPerSecond: 1200, inodes: [900]))
    }

    @Test func manySocketsThatAreEqualAreChosenInOrder() {
        var governor = DetailGovernor(limit: 1000, now: 0)
        let calls = Dictionary(uniqueKeysWithValues: (0..<20).map { (UInt64(900 + $0), 100) })
        _ = second(1, &governor, calls)
        #expect(second(2, &governor, calls)?.inodes == (900..<915).map { UInt64($0) })
    }

    @Test func aSecondThatLastedLongerIsNoHigherRate() {
        var governor = DetailGovernor(limit: 1000, now: 0)
        _ = second(1, &governor, [900: 900])
        #expect(second(3, &governor, [900: 1800]) == nil)
    }
}
