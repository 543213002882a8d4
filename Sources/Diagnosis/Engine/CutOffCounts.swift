// SPDX-License-Identifier: Apache-2.0

/// What had no room so far, by what it is.
struct CutOffCounts: Sendable {
    private var counts: [CutOff.Kind: UInt64] = [:]

    mutating func note(_ kind: CutOff.Kind, _ count: UInt64 = 1) {
        if count > 0 { counts[kind, default: 0] &+= count }
    }

    subscript(kind: CutOff.Kind) -> UInt64 { counts[kind] ?? 0 }
}
