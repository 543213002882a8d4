// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// The peers that are asked. A number stays a peer's as long as it has a socket, or a silence to tell of.
struct StallLedger {
    private static let limit = 256
    var peers: [StallPeer] = []
    private var index: [Endpoint: Int32] = [:]
    /// Endpoints beyond those.
    private(set) var unlisted: UInt64 = 0
    /// All calls are in sums, those of peers to come too.
    private var isSummed = false

    /// From here on who is answered is not known; what was found before stays.
    mutating func sum(_ peer: Int, at now: UInt64, least: UInt64) {
        peers[peer].isSummed = true
        if let silence = peers[peer].silence, now > silence.grace { peers[peer].settle(least: least) }
        peers[peer].silence = nil
        peers[peer].givenUp = nil
    }

    mutating func sumAll(at now: UInt64, least: UInt64) {
        isSummed = true
        for peer in peers.indices { sum(peer, at: now, least: least) }
    }

    mutating func enter(_ endpoint: Endpoint) -> Int32? {
        if let known = index[endpoint] { return known }
        if peers.count < Self.limit {
            index[endpoint] = Int32(truncatingIfNeeded: peers.count)
            peers.append(StallPeer(endpoint: endpoint, isSummed: isSummed))
            return index[endpoint]
        }
        guard
            let unused = peers.indices.filter({ peers[$0].isForgettable })
                .min(by: { peers[$0].lastAnswerAt < peers[$1].lastAnswerAt })
        else {
            unlisted &+= 1
            return nil
        }
        index.removeValue(forKey: peers[unused].endpoint)
        index[endpoint] = Int32(truncatingIfNeeded: unused)
        peers[unused] = StallPeer(endpoint: endpoint, isSummed: isSummed)
        return index[endpoint]
    }
}

extension StallPeer {
    fileprivate var isForgettable: Bool { sockets == 0 && silence == nil && silences.isEmpty && unjudged.isEmpty }
}
