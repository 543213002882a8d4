// SPDX-License-Identifier: Apache-2.0
import TargetInspection
import TestSupport

/// Memory in which about one read in twelve is wrong in one byte: always the same one at an address, by the seed.
struct DamagedMemory: ReadableMemory {
    let memory: any ReadableMemory
    let seed: UInt64

    func read(_ address: UInt64, count: Int) -> [UInt8]? {
        guard var bytes = memory.read(address, count: count), !bytes.isEmpty else { return nil }
        var random = SeededGenerator(seed: seed &* 0x1_0000_01b3 ^ address)
        if random.next() % 12 == 0 {
            bytes[Int(random.next() % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: random.next())
        }
        return bytes
    }
}
