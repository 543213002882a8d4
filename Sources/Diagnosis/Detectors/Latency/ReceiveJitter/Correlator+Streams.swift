// SPDX-License-Identifier: Apache-2.0

import CTraceRecords
import TraceModel

/// Sockets on which the peer sends at its own pace.
extension Correlator {
    private static let datagram: UInt16 = 17
    /// What comes closer over TCP is a transfer, whose pace is this side's reading.
    private static let leastStreamGap = 5_000_000.0

    /// Data was sent or received; before its round trip is booked.
    mutating func noteStream(_ io: SocketIO, _ slot: Int32) {
        if io.bytes == 0 { return }
        if !io.isReceive {
            if sockets[slot].stream >= 0 { streams[sockets[slot].stream].send() }
            return
        }
        if sockets[slot].stream < 0 {
            if sockets[slot].trip.asked != nil { return }
            sockets[slot].stream = streams.begin()
        }
        streams[sockets[slot].stream].receive(
            io.mark, leastGap: sockets[slot].protocolNumber == Self.datagram ? 0 : Self.leastStreamGap,
            ratio: thresholds.recvJitterRatio, floor: floors.recvJitter,
            least: max(1, thresholds.recvJitterGaps))
    }

    mutating func endStream(of socket: Int32) {
        guard sockets[socket].stream >= 0 else { return }
        streams.end(sockets[socket].stream, streamJitter(of: socket))
        sockets[socket].stream = -1
    }

    /// `nil`: there is no stream, or it is as even as it was.
    private func streamJitter(of slot: Int32) -> StreamJitter? {
        guard sockets[slot].stream >= 0 else { return nil }
        let state = streams[sockets[slot].stream]
        guard let baseline = state.baseline, let jittery = state.jitteryGaps(least: max(1, thresholds.recvJitterGaps)),
            let first = jittery.first,
            let last = jittery.last
        else { return nil }
        return StreamJitter(
            socket: summary(ofSocket: slot), usualGap: .nanoseconds(rounding: baseline.gap),
            usualJitter: .nanoseconds(rounding: baseline.jitter),
            usualDeviation: .nanoseconds(rounding: baseline.deviation), gaps: state.judged, jittery: jittery.count,
            worstJitter: .nanoseconds(rounding: jittery.worstJitter),
            worstDeviation: .nanoseconds(rounding: jittery.worstDeviation), drops: sockets[slot].drops?.total ?? 0,
            first: first.reference, worst: (jittery.worst ?? last).reference, last: last.reference)
    }

    func addStreams(to analysis: inout TraceAnalysis, live: [Int32]) {
        analysis.streamJitters = streams.ended + live.compactMap { streamJitter(of: $0) }
        analysis.streamJitters.sort { $0.first.ordinal < $1.first.ordinal }
        analysis.unlistedStreamJitters = streams.unlisted
        analysis.judgedStreams =
            streams.judged
            + UInt64(live.count { sockets[$0].stream >= 0 && streams[sockets[$0].stream].judged > 0 })
    }
}

extension Duration {
    static func nanoseconds(rounding value: Double) -> Duration {
        .nanoseconds(value < 9e18 ? Int64(max(0, value)) : .max)
    }
}
