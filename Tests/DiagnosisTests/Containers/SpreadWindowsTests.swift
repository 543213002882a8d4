// SPDX-License-Identifier: Apache-2.0
@testable import Diagnosis
import Testing

@Suite(.timeLimit(.minutes(15))) struct SpreadWindowsTests {
    @Test func windowsGrowWithTimeAndLoseNothing() {
        var windows = SpreadWindows()
        for index in 0..<UInt64(10_007) {
            windows.add(at: 1_000_000_000_000 + index * 1_000_000_000, level: index % 1000 == 7 ? 3 : -1)
        }
        #expect(windows.last < SpreadWindows.limit)
        #expect(windows.busy == windows.last + 1)
        #expect(windows.late(from: 3).reduce(0, +) == 10)
        #expect(windows.late(from: 4).reduce(0, +) == 0)
        #expect(windows.late(from: 0).count { $0 > 0 } == 10)
    }

    @Test func timesThatADamagedTraceHasAreTaken() {
        var windows = SpreadWindows()
        windows.add(at: .max - 5, level: 40)
        windows.add(at: 3, level: 0)
        windows.add(at: .max, level: -1)
        var early = SpreadWindows()
        early.add(at: 0, level: 0)
        early.add(at: .max, level: 15)
        #expect(windows.late(from: 0) == [2])
        #expect(early.late(from: 0).reduce(0, +) == 2)
        #expect(early.last < SpreadWindows.limit)
    }

    @Test func coreHoldsNineTenths() {
        #expect(SpreadWindows.core(of: [0, 0, 5, 4, 0, 1, 0]) == 2..<4)
        #expect(SpreadWindows.core(of: [1, 0, 0, 0, 1]) == 0..<5)
        #expect(SpreadWindows.core(of: [0, 7]) == 1..<2)
        #expect(SpreadWindows.core(of: [0, 0]).isEmpty)
        #expect(SpreadWindows.core(of: []).isEmpty)
    }
}
