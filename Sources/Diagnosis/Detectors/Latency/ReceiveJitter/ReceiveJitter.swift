// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// Sockets on which the peer sends at its own pace.
struct ReceiveJitter: Sendable {
    private static let datagram: UInt16 = 17
    /// What comes closer over TCP is a transfer, whose pace is this side's reading.
    private static let leastStreamGap = 5_000_000.0

    private var ledger = StreamLedger()
    /// The socket's place in the ledger; -1: nothing came that was not asked for.
    private var streams = SocketColumn(Int32(-1))
    private let ratio: Double
    private let floor: Double
    private let least: UInt64

    init(_ thresholds: Thresholds, _ floors: ThresholdFloors) {
        ratio = thresholds[RecvJitterRule.ratio]
        floor = floors.recvJitter
        least = max(1, thresholds[RecvJitterRule.gaps])
    }

    /// - Parameter isAsked: A request was out before: what comes is its answer, and no stream.
    @inline(__always)
    mutating func dataMoved(_ event: IOEvent, isAsked: Bool, _ core: Core) {
        if event.io.bytes == 0 { return }
        var stream = streams[event.socket]
        if !event.io.isReceive {
            if stream >= 0 { ledger[stream].send() }
            return
        }
        if stream < 0 {
            if isAsked { return }
            stream = ledger.begin()
            streams[event.socket] = stream
        }
        ledger[stream].receive(
            event.io.mark,
            leastGap: core.sockets[event.socket].protocolNumber == Self.datagram ? 0 : Self.leastStreamGap,
            ratio: ratio, floor: floor, least: least)
    }

    mutating func callsAggregated(_ socket: SocketSlot) {
        if streams[socket] >= 0 { ledger[streams[socket]].interrupt() }
    }

    /// - Parameter drops: Datagrams that the socket has lost.
    mutating func socketGone(_ socket: SocketSlot, drops: UInt64, _ core: Core) {
        guard streams[socket] >= 0 else { return }
        ledger.end(streams[socket], jitter(of: socket, drops: drops, core))
        streams[socket] = -1
    }

    /// `nil`: there is no stream, or it is as even as it was.
    private func jitter(of socket: SocketSlot, drops: UInt64, _ core: Core) -> StreamJitter? {
        guard streams[socket] >= 0 else { return nil }
        let state = ledger[streams[socket]]
        guard let baseline = state.baseline, let jittery = state.jitteryGaps(least: least),
            let first = jittery.first, let last = jittery.last
        else { return nil }
        return StreamJitter(
            socket: core.summary(ofSocket: socket), usualGap: .nanoseconds(rounding: baseline.gap),
            usualJitter: .nanoseconds(rounding: baseline.jitter),
            usualDeviation: .nanoseconds(rounding: baseline.deviation), gaps: state.judged, jittery: jittery.count,
            worstJitter: .nanoseconds(rounding: jittery.worstJitter),
            worstDeviation: .nanoseconds(rounding: jittery.worstDeviation), drops: drops, first: first.reference,
            worst: (jittery.worst ?? last).reference, last: last.reference)
    }

    func addResult(to analysis: inout TraceAnalysis, drops: UDPDrop, _ core: Core) {
        analysis.streamJitters = ledger.ended
        analysis.judgedStreams = ledger.judged
        for socket in core.sockets.all where streams[socket] >= 0 {
            if ledger[streams[socket]].judged > 0 { analysis.judgedStreams &+= 1 }
            if let jitter = jitter(of: socket, drops: drops.total(of: socket), core) {
                analysis.streamJitters.append(jitter)
            }
        }
        analysis.streamJitters.sort { $0.first.ordinal < $1.first.ordinal }
        analysis.unlistedStreamJitters = ledger.unlisted
    }
}

extension Duration {
    static func nanoseconds(rounding value: Double) -> Duration {
        .nanoseconds(value < 9e18 ? Int64(max(0, value)) : .max)
    }
}
