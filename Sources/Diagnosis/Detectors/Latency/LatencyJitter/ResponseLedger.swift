// SPDX-License-Identifier: Apache-2.0

import TraceModel

/// Round trips by endpoint, call site and size of the request: only like requests can be compared.
struct ResponseLedger {
    private static let limit = 1024

    /// What a request is like, of one endpoint.
    struct Kind: Hashable {
        /// -1: of no lease.
        var pool: Int32 = -1
        var site: Int32 = -1
        /// The binary logarithm of the request's size.
        var sizeClass: UInt8 = 0
    }

    private struct Key: SlotKey {
        /// Its place in `endpoints`.
        var endpoint: Int32
        var kind: Kind

        var words: (UInt64, UInt64) {
            (
                UInt64(UInt32(bitPattern: kind.pool)) << 32 | UInt64(UInt32(bitPattern: kind.site)),
                UInt64(UInt32(bitPattern: endpoint)) << 32 | UInt64(kind.sizeClass)
            )
        }
    }

    private var endpoints: [Endpoint] = []
    private var endpointIndex: [Endpoint: Int32] = [:]
    private var keys: [Key] = []
    private var series: [ResponseSeries] = []
    private var index = SlotTable<Key>()
    private let ratio: Double
    private let floor: UInt64
    /// Kinds beyond those that are told apart.
    private(set) var unlisted: UInt64 = 0

    init(ratio: Double, floor: UInt64) {
        self.ratio = ratio
        self.floor = max(1, min(floor, 1 << 46))
    }

    var count: Int { series.count }

    static func sizeClass(of bytes: UInt64) -> UInt8 { UInt8(63 - max(1, bytes).leadingZeroBitCount) }

    /// The number of a series; -1: there are too many.
    ///
    /// - Parameter hint: The place of the endpoint, where the socket has met it before; -1: to be looked up.
    mutating func number(of endpoint: Endpoint, hint: inout Int32, _ kind: Kind) -> Int32 {
        if hint < 0 || endpoints[Int(hint)] != endpoint { hint = endpointIndex[endpoint] ?? -1 }
        if hint >= 0, let known = index[Key(endpoint: hint, kind: kind)] { return known }
        guard series.count < Self.limit else {
            unlisted &+= 1
            return -1
        }
        if hint < 0 {
            hint = Int32(truncatingIfNeeded: endpoints.count)
            endpointIndex[endpoint] = hint
            endpoints.append(endpoint)
        }
        let number = Int32(truncatingIfNeeded: series.count)
        let key = Key(endpoint: hint, kind: kind)
        index[key] = number
        keys.append(key)
        series.append(ResponseSeries())
        return number
    }

    mutating func add(_ trip: ResponseTrip, to number: Int32) {
        if number >= 0 { series[Int(number)].add(trip, floor: floor) }
    }

    /// By the endpoint's text, then in the order of the first of each; so that the order does not depend on hashing.
    ///
    /// - Parameter origin: the pool and the call site of a kind.
    func all(_ origin: (Kind) -> (PoolID?, CallStack?)) -> [ResponseTimes] {
        let texts = keys.map { endpoints[Int($0.endpoint)].description }
        return keys.indices.sorted { (texts[$0], $0) < (texts[$1], $1) }.map { place in
            let (pool, stack) = origin(keys[place].kind)
            let least = UInt64(1) << UInt64(keys[place].kind.sizeClass)
            var times = ResponseTimes(
                endpoint: endpoints[Int(keys[place].endpoint)], pool: pool, stack: stack, leastRequestBytes: least,
                mostRequestBytes: least &* 2 &- 1)
            series[place].summarize(into: &times, ratio: ratio, floor: floor)
            return times
        }
    }
}
