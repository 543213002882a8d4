// SPDX-License-Identifier: Apache-2.0

/// What a wait needs of its begin: the clocks of its pool then. By the slot of its acquire, which is used again.
struct WaitStarts: Sendable {
    private struct Start {
        /// Of `OccupancyPeaks`.
        var occupancyMark: UInt64 = 0
        /// How many clocks there were; those of later columns stood at 0.
        var clockCount = 0
    }

    private var starts: [Start] = []
    /// Of `BlameLedger`, `BlameLedger.columnLimit` numbers for each slot.
    private(set) var clocks: [Double] = []

    mutating func begin(_ request: Int32, occupancyMark: UInt64, clocks now: [Double]) {
        let slot = Int(request)
        if slot >= starts.count {
            starts.append(contentsOf: repeatElement(Start(), count: slot + 1 - starts.count))
            let missing = starts.count * BlameLedger.columnLimit - clocks.count
            clocks.append(contentsOf: repeatElement(0, count: missing))
        }
        starts[slot] = Start(occupancyMark: occupancyMark, clockCount: now.count)
        let place = place(ofClocksOf: request)
        for column in now.indices { clocks[place + column] = now[column] }
    }

    func occupancyMark(of request: Int32) -> UInt64 { starts[Int(request)].occupancyMark }

    func clockCount(of request: Int32) -> Int { starts[Int(request)].clockCount }

    /// Where in `clocks` those of a request are.
    func place(ofClocksOf request: Int32) -> Int { Int(request) * BlameLedger.columnLimit }
}
