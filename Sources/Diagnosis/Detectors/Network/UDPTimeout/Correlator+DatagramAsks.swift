// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import TraceModel

/// Requests by datagram, and whether an answer comes.
///
/// What is sent and what is received are not paired by content. A request is unanswered when nothing at all came before
/// another of just its size was sent, or the socket was closed: so streams, media and messages that ask nothing are none.
extension Correlator {
    private static let udp: UInt16 = 17

    mutating func noteDatagram(_ io: SocketIO, _ result: Int32, _ slot: Int32) {
        guard core.sockets[slot].protocolNumber == Self.udp else { return }
        if io.isReceive {
            if io.isData { noteDatagramAnswer(io, slot) } else if !io.isWouldBlock { core.sockets[slot].ask.sentAt = 0 }
        } else if io.isData {
            noteDatagramRequest(io, slot)
        } else {
            // The peer's host has said that nobody listens there, which is an answer.
            core.sockets[slot].ask.sentAt = 0
        }
    }

    private mutating func noteDatagramRequest(_ io: SocketIO, _ slot: Int32) {
        let ask = core.sockets[slot].ask
        let now = io.mark.timestamp
        if ask.peer == -1 { enterDatagramPeer(of: slot, core.sockets[slot].remote) }
        guard core.sockets[slot].ask.peer >= 0 else { return }
        let bytes = UInt32(truncatingIfNeeded: io.bytes)
        if ask.sentAt != 0 {
            let wait = now - min(ask.sentAt, now)
            // Several at once are one request.
            if wait < core.floors.udpTimeoutWait { return }
            if ask.bytes == bytes { giveUpDatagram(slot, wait, isRepeated: true, io.mark) }
        }
        core.sockets[slot].ask.sentAt = now
        core.sockets[slot].ask.bytes = bytes
    }

    /// A socket that is not connected sends to this peer from here on. With one peer only, what comes is its answer; and
    /// who speaks first asks.
    mutating func noteDatagramTurn(of slot: Int32, to peer: Endpoint) {
        guard core.sockets[slot].remote == nil, core.sockets[slot].ask.peer != -2 else { return }
        if core.sockets[slot].ask.peer == -1, core.sockets[slot].receivedBytes == 0 {
            enterDatagramPeer(of: slot, peer)
        } else if core.sockets[slot].ask.peer < 0 || detectors.datagrams.peers[Int(core.sockets[slot].ask.peer)].endpoint != peer {
            endDatagrams(of: slot, at: nil)
            enterDatagramPeer(of: slot, nil)
        }
    }

    private mutating func enterDatagramPeer(of slot: Int32, _ peer: Endpoint?) {
        guard let peer else {
            detectors.datagrams.unconnected &+= 1
            core.sockets[slot].ask.peer = -2
            return
        }
        core.sockets[slot].ask.peer = detectors.datagrams.enter(peer) ?? -2
        if core.sockets[slot].ask.peer >= 0 { detectors.datagrams.peers[Int(core.sockets[slot].ask.peer)].sockets &+= 1 }
    }

    private mutating func noteDatagramAnswer(_ io: SocketIO, _ slot: Int32) {
        let ask = core.sockets[slot].ask
        guard ask.peer >= 0, ask.sentAt != 0 else { return }
        core.sockets[slot].ask.sentAt = 0
        detectors.datagrams.peers[Int(ask.peer)].answer(
            ask.bytes, after: elapsed(from: ask.sentAt, to: io.mark.timestamp), at: io.mark.timestamp,
            from: core.firstAt ?? 0)
    }

    private mutating func giveUpDatagram(_ slot: Int32, _ wait: UInt64, isRepeated: Bool, _ mark: EventMark) {
        let ask = core.sockets[slot].ask
        let peer = Int(ask.peer)
        guard
            detectors.datagrams.peers[peer].giveUp(
                ask.bytes, after: wait, isRepeated: isRepeated, at: mark, from: core.firstAt ?? 0)
        else { return }
        detectors.datagrams.peers[peer].descriptor = core.sockets[slot].descriptor
        detectors.datagrams.peers[peer].openStack = core.sockets[slot].openStack
    }

    /// The socket is connected to another peer, or closed.
    mutating func endDatagrams(of slot: Int32, at mark: EventMark?) {
        let ask = core.sockets[slot].ask
        guard ask.peer != -1 else { return }
        if ask.peer >= 0 {
            if let mark, ask.sentAt != 0 {
                let wait = mark.timestamp - min(ask.sentAt, mark.timestamp)
                if wait >= core.thresholds.udpTimeoutWait.clampedNanoseconds {
                    giveUpDatagram(slot, wait, isRepeated: false, mark)
                }
            }
            if detectors.datagrams.peers[Int(ask.peer)].sockets > 0 { detectors.datagrams.peers[Int(ask.peer)].sockets &-= 1 }
        }
        core.sockets[slot].ask = DatagramAsk()
    }

    /// Of peers that have answered, by endpoint.
    func datagramExchanges() -> [DatagramExchanges] {
        detectors.datagrams.peers.filter { $0.answered > 0 }.map { peer in
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
            return (exchanges, exchanges.endpoint.description)
        }.sorted { $0.1 < $1.1 }.map(\.0)
    }
}
