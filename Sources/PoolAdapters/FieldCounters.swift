// SPDX-License-Identifier: Apache-2.0
import TargetInspection

/// Counters that are fields of the pool object.
struct FieldCounters: PoolCounterReader {
    private let places: [PoolCounter: GoFieldPlace]
    private let adjust: @Sendable (inout PoolCounters) -> Void

    /// - Parameter paths: the field of each counter. One that cannot be established is left out alone.
    /// - Parameter table: offsets for programs that do not tell; 64-bit fields.
    /// - Parameter adjust: turns the fields' values into what they mean. Only counters that are there are changed.
    /// - Returns: `nil`: none of them can be established.
    init?(
        of pool: GoStructureName, _ paths: [PoolCounter: String], _ fields: inout GoFieldResolver,
        table: [PoolCounter: UInt32] = [:], tableOf version: GoVersion? = nil,
        adjust: @escaping @Sendable (inout PoolCounters) -> Void = { _ in }
    ) {
        var places: [PoolCounter: GoFieldPlace] = [:]
        for counter in PoolCounter.allCases {
            guard let path = paths[counter] else { continue }
            let known = table[counter].map {
                GoFieldPlace(offset: $0, size: 8, origin: .table(version?.description ?? "no version"))
            }
            places[counter] = fields.place(of: GoField(path, of: pool), table: known, loss: counter.loss)
        }
        guard !places.isEmpty else { return nil }
        self.places = places
        self.adjust = adjust
    }

    func counters(ofPoolAt address: UInt64, in memory: any ReadableMemory) -> PoolCounters? {
        var read = PoolCounters()
        var known: Set<PoolCounter> = []
        for (counter, place) in places {
            guard let number = place.number(in: address, memory) else { continue }
            known.insert(counter)
            // A 32-bit count of waits has no sign, and may have passed the half of its range.
            read[counter] = counter == .waitCount && place.size == 4 ? number & 0xffff_ffff : number
        }
        guard read != PoolCounters(), isPlausible(read) else { return nil }
        var adjusted = read
        adjust(&adjusted)
        for counter in PoolCounter.allCases where !known.contains(counter) { adjusted[counter] = -1 }
        return adjusted
    }
}
