// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import TraceModel

/// Requests by datagram, and whether an answer comes.
///
/// What is sent and what is received are not paired by content. A request is unanswered when nothing at all came before
/// another of just its size was sent, or the socket was closed: so streams, media and messages that ask nothing are none.
struct UDPTimeout: Detector {
    private static let udp: UInt16 = 17
    private var ledger: DatagramLedger
    private var requests = SocketColumn(DatagramAsk())

    init(_ thresholds: Thresholds) { ledger = DatagramLedger(least: thresholds[UDPTimeoutRule.requests]) }

    /// Sockets whose requests are not paired with answers.
    var unpaired: UInt64 { ledger.unlisted &+ ledger.unconnected }

    @inline(__always)
    mutating func dataMoved(_ event: IOEvent, _ core: Core) {
        let (io, slot) = (event.io, event.socket)
        guard core.sockets[slot].protocolNumber == Self.udp else { return }
        if io.isReceive {
            if io.isData { noteDatagramAnswer(io, slot, core) } else if !io.isWouldBlock { requests[slot].sentAt = 0 }
        } else if io.isData {
            noteDatagramRequest(io, slot, core)
        } else {
            // The peer's host has said that nobody listens there, which is an answer.
            requests[slot].sentAt = 0
        }
    }

    private mutating func noteDatagramRequest(_ io: SocketIO, _ slot: SocketSlot, _ core: Core) {
        let ask = requests[slot]
        let now = io.mark.timestamp
        if ask.peer == -1 { enterDatagramPeer(of: slot, core.sockets[slot].remote) }
        guard requests[slot].peer >= 0 else { return }
        let bytes = UInt32(truncatingIfNeeded: io.bytes)
        if ask.sentAt != 0 {
            let wait = now - min(ask.sentAt, now)
            // Several at once are one request.
            if wait < core.settings.floors.udpTimeoutWait { return }
            if ask.bytes == bytes { giveUpDatagram(slot, wait, isRepeated: true, io.mark, core) }
        }
        requests[slot].sentAt = now
        requests[slot].bytes = bytes
    }

    /// A socket that is not connected sends to this peer from here on. With one peer only, what comes is its answer; and
    /// who speaks first asks.
    mutating func sendsTo(_ peer: Endpoint, on slot: SocketSlot, _ core: Core) {
        guard core.sockets[slot].remote == nil, requests[slot].peer != -2 else { return }
        if requests[slot].peer == -1, core.sockets[slot].receivedBytes == 0 {
            enterDatagramPeer(of: slot, peer)
        } else if requests[slot].peer < 0 || ledger.peers[Int(requests[slot].peer)].endpoint != peer {
            end(slot, at: nil, core)
            enterDatagramPeer(of: slot, nil)
        }
    }

    private mutating func enterDatagramPeer(of slot: SocketSlot, _ peer: Endpoint?) {
        guard let peer else {
            ledger.unconnected &+= 1
            requests[slot].peer = -2
            return
        }
        requests[slot].peer = ledger.enter(peer) ?? -2
        if requests[slot].peer >= 0 { ledger.peers[Int(requests[slot].peer)].sockets &+= 1 }
    }

    private mutating func noteDatagramAnswer(_ io: SocketIO, _ slot: SocketSlot, _ core: Core) {
        let ask = requests[slot]
        guard ask.peer >= 0, ask.sentAt != 0 else { return }
        requests[slot].sentAt = 0
        ledger.peers[Int(ask.peer)].answer(
            ask.bytes, after: io.mark.timestamp.elapsed(since: ask.sentAt), at: io.mark.timestamp,
            from: core.firstAt ?? 0)
    }

    private mutating func giveUpDatagram(
        _ slot: SocketSlot, _ wait: UInt64, isRepeated: Bool, _ mark: EventMark, _ core: Core
    ) {
        let ask = requests[slot]
        let peer = Int(ask.peer)
        guard
            ledger.peers[peer].giveUp(
                ask.bytes, after: wait, isRepeated: isRepeated, at: mark, from: core.firstAt ?? 0)
        else { return }
        ledger.peers[peer].descriptor = core.sockets[slot].descriptor
        ledger.peers[peer].openStack = core.sockets[slot].openStack
    }

    /// The socket is connected to another peer, or closed.
    mutating func end(_ slot: SocketSlot, at mark: EventMark?, _ core: Core) {
        let ask = requests[slot]
        guard ask.peer != -1 else { return }
        if ask.peer >= 0 {
            if let mark, ask.sentAt != 0 {
                let wait = mark.timestamp - min(ask.sentAt, mark.timestamp)
                if wait >= core.settings.thresholds[UDPTimeoutRule.wait].clampedNanoseconds {
                    giveUpDatagram(slot, wait, isRepeated: false, mark, core)
                }
            }
            if ledger.peers[Int(ask.peer)].sockets > 0 { ledger.peers[Int(ask.peer)].sockets &-= 1 }
        }
        requests[slot] = DatagramAsk()
    }

    /// Of peers that have answered, by endpoint.
    func items(_ core: Core) -> [DatagramExchanges] {
        var all: [(DatagramExchanges, String)] = []
        for peer in ledger.peers where peer.answered > 0 {
            var exchanges = DatagramExchanges(endpoint: peer.endpoint)
            exchanges.answered = peer.answered
            exchanges.unanswered = peer.unanswered
            exchanges.repeated = peer.repeated
            exchanges.answerTimes = peer.answerTimes.statistics
            exchanges.waits = peer.waits.statistics
            let worst = peer.worst()
            exchanges.windowRequests = worst?.requests ?? 0
            exchanges.windowUnanswered = worst?.unanswered ?? 0
            exchanges.first = peer.first?.reference
            exchanges.last = peer.last?.reference
            exchanges.descriptor = peer.descriptor >= 0 ? peer.descriptor : nil
            if peer.openStack >= 0 { exchanges.stack = core.stacks.resolve(stackID: peer.openStack) }
            all.append((exchanges, exchanges.endpoint.description))
        }
        return all.sorted { $0.1 < $1.1 }.map(\.0)
    }

    /// Of a request whose answer would be in a sum it is not known whether it came.
    mutating func aggregationBegan(_ slot: SocketSlot) { requests[slot].sentAt = 0 }
}
