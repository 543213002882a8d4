// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// The peers of datagram sockets that have one.
struct DatagramLedger {
    private static let limit = 512
    var peers: [DatagramPeer] = []
    private var index: [Endpoint: Int32] = [:]
    /// Sockets to endpoints beyond those.
    private(set) var unlisted: UInt64 = 0
    /// Sockets that are not connected, and have several peers or none that is known.
    var unconnected: UInt64 = 0
    /// Requests that a window of time needs to be judged.
    private let least: UInt64

    init(least: UInt64) { self.least = least }

    mutating func enter(_ endpoint: Endpoint) -> Int32? {
        if let known = index[endpoint] { return known }
        // A peer that has never answered, and has no socket any more, tells nothing.
        let place = peers.count < Self.limit ? peers.count : peers.firstIndex { $0.sockets == 0 && $0.answered == 0 }
        guard let place else {
            unlisted &+= 1
            return nil
        }
        if place == peers.count {
            peers.append(DatagramPeer(endpoint: endpoint, least: least))
        } else {
            index.removeValue(forKey: peers[place].endpoint)
            peers[place] = DatagramPeer(endpoint: endpoint, least: least)
        }
        index[endpoint] = Int32(truncatingIfNeeded: place)
        return index[endpoint]
    }
}
