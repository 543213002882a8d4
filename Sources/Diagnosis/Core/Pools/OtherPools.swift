// SPDX-License-Identifier: Apache-2.0
public import TraceModel

/// The pools beyond those that are told apart: they have one state together, which no rule judges.
///
/// A program that makes a client for each request has any number of them. A pool needs some KiB.
struct OtherPools: Sendable {
    /// The pools that are told apart; the number of the state of the others.
    static let from = 4096
    /// Of the others, those that are counted: an entry has 24 bytes.
    private static let countedLimit = 65_536
    /// No object is at this address.
    static let id = PoolID(adapterID: .max, address: .max)

    private var ids = SlotTable<PoolID>()
    /// `false`: there are more than `count`.
    private(set) var isCountExact = true

    var count: UInt64 { UInt64(ids.count) }

    mutating func note(_ id: PoolID) {
        if ids[id] != nil { return }
        if ids.count < Self.countedLimit {
            ids[id] = Int32(truncatingIfNeeded: id.adapterID)
        } else {
            isCountExact = false
        }
    }

    /// Of whose libraries they are.
    var adapters: Set<UInt32> { Set(ids.values.map { UInt32(truncatingIfNeeded: $0) }) }
}

/// What a report knows of the pools that are not told apart.
public struct OtherPoolsSummary: Sendable {
    public var count: UInt64
    /// `false`: there are more.
    public var isCountExact: Bool
    public var adapters: Set<UInt32>
    public var acquires: UInt64
    /// The endpoints of their connections; `nil`: not all are known.
    public var endpoints: [Endpoint]?

    /// Whether all of them are of the library and connect to the endpoint.
    func isOf(_ adapter: UInt32, endpoint: Endpoint) -> Bool { adapters == [adapter] && endpoints == [endpoint] }
}
