// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// Which pool is meant.
extension Core {
    mutating func adapter(ofPoint id: UInt32) -> UInt32 {
        if let point = adapterOfPoint.slot(id) { return adapterOfPoint[point] }
        irregularities.unknownPoints &+= 1
        return 0
    }

    mutating func enterPool(_ id: PoolID) -> Int32 {
        if let known = poolIndex[id] { return known }
        if id.address != 0, let unnamed = onlyUnnamedPool(of: id.adapterID) {
            pools[Int(unnamed)].id = id
            poolIndex[PoolID(adapterID: id.adapterID, address: 0)] = nil
            poolIndex[id] = unnamed
            return unnamed
        }
        if !adapters.contains(id.adapterID) { adapters.append(id.adapterID) }
        let index = pools.count
        if index >= OtherPools.from { return enterOther(id) }
        pools.append(PoolState(id: id, isLate: index >= PoolState.fullPools))
        poolIndex[id] = Int32(truncatingIfNeeded: index)
        return Int32(truncatingIfNeeded: index)
    }

    /// The one that stands for all pools beyond those that are told apart.
    private mutating func enterOther(_ id: PoolID) -> Int32 {
        otherPools.note(id)
        if pools.count == OtherPools.from {
            pools.append(PoolState(id: OtherPools.id, isLate: true, isOthers: true))
        }
        return Int32(truncatingIfNeeded: OtherPools.from)
    }

    /// Acquires that began before the probes end in a pool that nobody has named yet. The first that is named is taken for it.
    private func onlyUnnamedPool(of adapter: UInt32) -> Int32? {
        guard let unnamed = poolIndex[PoolID(adapterID: adapter, address: 0)] else { return nil }
        return pools.count { $0.id.adapterID == adapter } == 1 ? unnamed : nil
    }

    /// The pool of a record that does not name it: that of the connection, else the adapter's only one, else one without an
    /// address.
    mutating func pool(ofConnection key: LeaseKey) -> Int32 {
        if let connection = connections.slot(key) { return connections[connection].pool }
        // Two are enough to know that there is no only one: there may be thousands.
        var only: Int?
        for index in pools.indices where pools[index].id.adapterID == key.adapterID {
            if only != nil { return enterPool(PoolID(adapterID: key.adapterID, address: 0)) }
            only = index
        }
        if let only { return Int32(truncatingIfNeeded: only) }
        return enterPool(PoolID(adapterID: key.adapterID, address: 0))
    }
}

extension Duration {
    /// Whole nanoseconds; zero for a negative duration.
    var clampedNanoseconds: UInt64 { UInt64(max(0, wholeNanoseconds)) }
}
