// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// Receives of data that had waited in the socket for the application, by endpoint.
struct BacklogLedger {
    private static let endpointLimit = 1024
    private var entries: [EndpointKey: BacklogState] = [:]
    /// Late receives of endpoints beyond those that are told apart.
    private(set) var unlisted: UInt64 = 0

    /// - Parameter dwell: How long the data had waited at least, in ns.
    /// - Parameter isSending: The reader was blocked in sends meanwhile.
    /// - Parameter site: Pool and acquiring call site of the lease that read them, as the ledgers number them; -1: none.
    mutating func add(
        _ dwell: UInt64, queued: UInt32, isSending: Bool, site: (pool: Int32, site: Int32), at mark: EventMark,
        of key: EndpointKey
    ) {
        guard entries[key] != nil || entries.count < Self.endpointLimit else {
            unlisted &+= 1
            return
        }
        entries[key, default: BacklogState(first: mark)].add(
            dwell, queued: queued, isSending: isSending, site: site, at: mark)
    }

    /// The first one first.
    var all: [(key: EndpointKey, state: BacklogState)] {
        entries.map { (key: $0.key, state: $0.value) }.sorted { $0.state.first.ordinal < $1.state.first.ordinal }
    }
}
