// SPDX-License-Identifier: Apache-2.0
import Glibc
import Testing

@testable import Recording

@Suite(.timeLimit(.minutes(15))) struct DetailGovernorTests {
    private let second: UInt64 = 1_000_000_000
    private var limits: DetailLimits {
        var limits = DetailLimits()
        limits.callsPerSecond = 1000
        return limits
    }

    /// One second of calls: by inode how many, of which `lost` found no room.
    private func second(
        _ index: UInt64, _ governor: inout DetailGovernor, _ calls: [UInt64: Int], lost: UInt64 = 0,
        cost: CallCost = CallCost()
    ) -> DetailGovernor.Choice? {
        if governor.isWatching {
            for (inode, count) in calls { for _ in 0..<count { governor.note(inode: inode) } }
        }
        governor.note(records: calls.values.reduce(0, +))
        return governor.tick(now: index * second, lost: lost, cost: cost)
    }

    private func forCalls(_ rate: UInt64, _ inodes: [UInt64]) -> DetailGovernor.Choice {
        .init(callsPerSecond: rate, cost: CallCost(), isForCalls: true, isForCost: false, inodes: inodes)
    }

    @Test func theBusiestAreChosenUntilHalfTheLimitIsLeft() {
        var governor = DetailGovernor(limits: limits, now: 0)
        let calls: [UInt64: Int] = [900: 700, 901: 500, 902: 211, 903: 7]
        #expect(second(1, &governor, calls) == nil, "nothing was counted by socket yet")
        #expect(governor.isWatching)
        #expect(second(2, &governor, calls) == forCalls(1418, [900, 901]))
        #expect(second(3, &governor, [902: 211, 903: 7]) == nil)
        #expect(!governor.isWatching)
    }

    @Test func belowTheLimitNothingIs() {
        var governor = DetailGovernor(limits: limits, now: 0)
        for index in 1...UInt64(5) { #expect(second(index, &governor, [900: 1000]) == nil) }
        #expect(governor.isWatching, "but it is watched")
    }

    @Test func whatWasLostCounts() {
        var governor = DetailGovernor(limits: limits, now: 0)
        _ = second(1, &governor, [900: 400, 901: 200])
        #expect(second(2, &governor, [900: 400, 901: 200], lost: 600) == forCalls(1200, [900]))
    }

    @Test func manySocketsThatAreEqualAreChosenInOrder() {
        var governor = DetailGovernor(limits: limits, now: 0)
        let calls = Dictionary(uniqueKeysWithValues: (0..<20).map { (UInt64(900 + $0), 100) })
        _ = second(1, &governor, calls)
        #expect(second(2, &governor, calls)?.inodes == (900..<915).map { UInt64($0) })
    }

    @Test func aSecondThatLastedLongerIsNoHigherRate() {
        var governor = DetailGovernor(limits: limits, now: 0)
        _ = second(1, &governor, [900: 900])
        #expect(second(3, &governor, [900: 1800]) == nil)
    }

    // MARK: - Cost

    /// Milliseconds of CPU time in each of `seconds`, summed up.
    private func cost(_ seconds: UInt64, recorded: UInt64, summed: UInt64 = 0, of target: UInt64) -> CallCost {
        CallCost(
            recorded: seconds * recorded * 1_000_000, summed: seconds * summed * 1_000_000,
            target: seconds * target * 1_000_000)
    }

    @Test func recordsThatTakeMoreThanATenthOfTheTargetAreTooDear() throws {
        var governor = DetailGovernor(limits: limits, now: 0)
        let calls: [UInt64: Int] = [900: 300, 901: 200, 902: 100]
        #expect(second(1, &governor, calls, cost: cost(1, recorded: 60, of: 400)) == nil, "nothing was counted yet")
        let choice = try #require(second(2, &governor, calls, cost: cost(2, recorded: 60, of: 400)))
        #expect(choice.isForCost && !choice.isForCalls)
        #expect(choice.cost == cost(1, recorded: 60, of: 400) && choice.callsPerSecond == 600)
        #expect(choice.inodes == [900, 901], "20 of 60 ms may be left: 200 of 600 calls")
    }

    @Test func aTenthIsNot() {
        var governor = DetailGovernor(limits: limits, now: 0)
        for index in 1...UInt64(4) {
            #expect(second(index, &governor, [900: 400], cost: cost(index, recorded: 40, of: 400)) == nil)
        }
        #expect(governor.isWatching)
    }

    @Test func aTargetThatHardlyWorksIsLeftAlone() {
        var governor = DetailGovernor(limits: limits, now: 0)
        for index in 1...UInt64(4) {
            #expect(second(index, &governor, [900: 400], cost: cost(index, recorded: 19, of: 40)) == nil)
        }
    }

    /// Sums have a cost of their own: what they take is no reason to go on with sockets that take little.
    @Test func whatSumsTakeCannotBeBroughtDown() throws {
        var governor = DetailGovernor(limits: limits, now: 0)
        let quiet: [UInt64: Int] = [902: 10, 903: 5]
        for index in 1...UInt64(4) {
            #expect(second(index, &governor, quiet, cost: cost(index, recorded: 4, summed: 50, of: 400)) == nil)
        }
    }

    @Test func whatTheTargetUsedBeforeIsNotPartOfTheShare() throws {
        let before = CallCost(target: 3600 * second)
        var governor = DetailGovernor(limits: limits, now: 0, cost: before)
        var cost = cost(1, recorded: 60, of: 400)
        cost.target += before.target
        #expect(second(1, &governor, [900: 300], cost: cost) == nil)
        #expect(governor.isWatching)
    }

    @Test func withoutATargetsClockOnlyTheCallsCount() {
        var governor = DetailGovernor(limits: limits, now: 0)
        for index in 1...UInt64(3) {
            #expect(second(index, &governor, [900: 400], cost: cost(index, recorded: 400, of: 0)) == nil)
        }
    }

    @Test func bothLimitsMayBePassed() throws {
        var governor = DetailGovernor(limits: limits, now: 0)
        let calls: [UInt64: Int] = [900: 700, 901: 500, 902: 300]
        _ = second(1, &governor, calls, cost: cost(1, recorded: 60, of: 400))
        let choice = try #require(second(2, &governor, calls, cost: cost(2, recorded: 60, of: 400)))
        #expect(choice.isForCost && choice.isForCalls)
        #expect(choice.inodes == [900, 901], "half of the limit on calls, and a third of what they take")
    }

    /// The clock of a process counts what its threads use.
    @Test func theClockOfAProcess() throws {
        let before = try #require(CallCost.processorTime(of: getpid()))
        let deadline = MonotonicClock.now + 50_000_000
        var spins: UInt64 = 0
        while MonotonicClock.now < deadline { spins &+= 1 }
        let after = try #require(CallCost.processorTime(of: getpid()))
        #expect(spins > 0 && after > before && after - before < 60 * second)
        #expect(CallCost.processorTime(of: -1) == nil)
    }
}
