// SPDX-License-Identifier: Apache-2.0
import Testing
import TestSupport

@testable import Diagnosis

@Suite(.timeLimit(.minutes(15))) struct SlotTableTests {
    /// Against `Dictionary`, over keys that crowd together, so that entries are moved back over removed ones.
    @Test(arguments: [7, 64, 1009], 1...3) func behavesAsADictionaryDoes(_ range: UInt64, _ seed: UInt64) {
        var table = SlotTable<UInt64>()
        var truth: [UInt64: Int32] = [:]
        var random = SeededGenerator(seed: seed)
        for step in 0..<20_011 {
            let key = UInt64.random(in: 0..<range, using: &random)
            if Int.random(in: 0..<3, using: &random) == 0 {
                #expect(table.removeValue(forKey: key) == truth.removeValue(forKey: key))
            } else {
                table[key] = Int32(step)
                truth[key] = Int32(step)
            }
            #expect(table.count == truth.count)
        }
        for key in 0..<range { #expect(table[key] == truth[key]) }
        #expect(table.values.sorted() == truth.values.sorted())
    }

    @Test func keysOfOneConnectionAreToldApart() {
        var table = SlotTable<LeaseKey>()
        let first = LeaseKey(adapterID: 0, connection: 1 << 56)
        let second = LeaseKey(adapterID: 1, connection: 0)
        #expect(first.words != second.words)
        table[first] = 1
        table[second] = 2
        #expect(table[first] == 1)
        table[first] = nil
        #expect(table[first] == nil)
        #expect(table[second] == 2)
    }
}
