// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// What a trace has of something beyond the number that poolscope keeps: it is counted, and no rule sees it.
public struct CutOff: Hashable, Sendable {
    public var kind: Kind
    public var count: UInt64
    /// A whole sentence for people.
    public var sentence: String

    init(_ kind: Kind, count: UInt64, sentence: String? = nil) {
        self.kind = kind
        self.count = count
        self.sentence = sentence ?? kind.sentence(count)
    }

    public var reason: Reason { .cutOff(sentence) }

    /// The raw value is the name in JSON.
    public enum Kind: String, CaseIterable, Sendable {
        case pools
        case poolEndpoints = "pool_endpoints"
        case listedWaits = "listed_waits"
        case blames = "wait_attributions"
        case recordedLeases = "recorded_leases"
        case staleBorrows = "stale_borrows"
        case closeWaits = "close_waits"
        case connectTimes = "connect_times"
        case startUps = "rejected_connections"
        case roundTrips = "round_trips"
        case serialWalks = "sequential_round_trips"
        case brokenWalks = "interrupted_round_trips"
        case sendBlocks = "send_blocks"
        case receivesWithoutPeer = "receives_without_peer"
        case closures
        case idleSurvivals = "idle_survivals"
        case farewells = "goodbyes"
        case queriedNames = "queried_names"
        case namedAddresses = "named_addresses"
        case strayDatagrams = "unexpected_datagrams"
        case lateAnswers = "late_answers"
    }
}

extension CutOff.Kind {
    /// How many are kept.
    public var limit: Int {
        switch self {
        case .pools: OtherPools.from
        case .poolEndpoints: PoolState.endpointLimit
        case .listedWaits: WaitLog.capacity
        case .blames: BlameLedger.pairLimit
        case .recordedLeases: LeaseSample.limit
        case .staleBorrows: StaleLedger.limit
        case .closeWaits: CloseWait.limit
        case .connectTimes: ConnectTimeLedger.limit
        case .startUps: StartUpLedger.limit
        case .roundTrips: RoundTripLedger.limit
        case .serialWalks: SerialWalkLedger.entryLimit
        case .brokenWalks: SerialWalkLedger.holderLimit
        case .sendBlocks: SendBlockLedger.holderLimit
        case .receivesWithoutPeer: EndpointLedger.limit
        case .closures: EndpointConnections.limit
        case .idleSurvivals: IdleKilled.limit
        case .farewells: MassClose.farewellLimit
        case .queriedNames: NameServerLedger.nameLimit
        case .namedAddresses: NameServerLedger.addressLimit
        case .strayDatagrams: DatagramPeers.strayLimit
        case .lateAnswers: PrematureTimeout.limit
        }
    }

    func sentence(_ count: UInt64) -> String {
        func number(_ noun: String) -> String { ReadableText.count(count, noun) }
        return switch self {
        case .pools: "No rule judges \(number("pool")) beyond the first \(limit)."
        case .poolEndpoints: "poolscope keeps \(limit) endpoints of a pool: \(number("lease")) used others."
        case .listedWaits:
            "poolscope keeps the longest \(limit) waits of a pool one by one: it counts \(number("other wait"))."
        case .blames:
            "poolscope keeps \(limit) pairs of a call site that waits and one that holds: \(number("wait")) had others."
        case .recordedLeases:
            "The waits by pool size rest on the first \(limit) leases of a pool: \(number("lease")) came later."
        case .staleBorrows:
            "poolscope keeps closed connections that were leased for \(limit) call sites: "
                + "\(number("such lease")) had others."
        case .closeWaits:
            "poolscope keeps \(limit) sockets that were in CLOSE_WAIT and left it: there were \(count) more."
        case .connectTimes: "poolscope times connects to \(limit) endpoints: \(number("connect")) went to others."
        case .startUps:
            "poolscope follows the start-up of connections to \(limit) endpoints: \(number("connection")) went to others."
        case .roundTrips:
            "poolscope keeps round trips to \(limit) endpoints: \(number("round trip")) went to others."
        case .serialWalks:
            "poolscope keeps round trips in a row for \(limit) call sites: \(number("such row")) had others."
        case .brokenWalks:
            "poolscope follows round trips in a row of \(limit) goroutines at one time: it cut \(number("row")) short."
        case .sendBlocks:
            "poolscope follows blocked sends of \(limit) goroutines at one time: \(number("blocked send")) had others."
        case .receivesWithoutPeer:
            "poolscope counts receives at \(limit) addresses of sockets without a peer: \(number("receive")) had others."
        case .closures:
            "poolscope counts the connections to \(limit) endpoints: \(number("connection")) went to others."
        case .idleSurvivals:
            "poolscope follows idle connections to \(limit) endpoints: \(number("idle time")) that ended went to "
                + "others."
        case .farewells:
            "poolscope keeps \(limit) connections that were closed right after a last word of the peer: it did not keep "
                + "\(count) more."
        case .queriedNames:
            "poolscope keeps \(limit) names that were looked up: \(count == 1 ? "1 query" : "\(count) queries") had others."
        case .namedAddresses:
            "poolscope keeps the names of \(limit) addresses: answers had others \(count == 1 ? "once" : "\(count) times")."
        case .strayDatagrams:
            "poolscope lists \(limit) peers whose datagrams nobody had asked for: there were \(count) more."
        case .lateAnswers:
            "poolscope watches \(limit) closed connections and endpoints for late answers: \(number("close")) had others."
        }
    }
}
