// SPDX-License-Identifier: Apache-2.0
import TargetInspection

/// Memory that a test makes: some bytes at an address, nothing elsewhere.
struct ByteMemory: ReadableMemory {
    let base: UInt64
    let bytes: [UInt8]

    init(base: UInt64, _ bytes: some Sequence<UInt8>) {
        self.base = base
        self.bytes = Array(bytes)
    }

    func read(_ address: UInt64, count: Int) -> [UInt8]? {
        guard address >= base, let start = Int(exactly: address - base), start <= bytes.count,
            count <= bytes.count - start
        else { return nil }
        return Array(bytes[start..<(start + count)])
    }
}
