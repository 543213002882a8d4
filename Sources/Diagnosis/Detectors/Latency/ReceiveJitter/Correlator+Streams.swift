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
            if core.sockets[slot].stream >= 0 { detectors.streams[core.sockets[slot].stream].send() }
            return
        }
        if core.sockets[slot].stream < 0 {
            if core.sockets[slot].trip.asked != nil { return }
            core.sockets[slot].stream = detectors.streams.begin()
        }
        detectors.streams[core.sockets[slot].stream].receive(
            io.mark, leastGap: core.sockets[slot].protocolNumber == Self.datagram ? 0 : Self.leastStreamGap,
            ratio: core.thresholds.recvJitterRatio, floor: core.floors.recvJitter,
            least: max(1, core.thresholds.recvJitterGaps))
    }

    mutating func endStream(of socket: Int32) {
        guard core.sockets[socket].stream >= 0 else { return }
        detectors.streams.end(core.sockets[socket].stream, streamJitter(of: socket))
        core.sockets[socket].stream = -1
    }

    /// `nil`: there is no stream, or it is as even as it was.
    private func streamJitter(of slot: Int32) -> StreamJitter? {
        guard core.sockets[slot].stream >= 0 else { return nil }
        let state = detectors.streams[core.sockets[slot].stream]
        guard let baseline = state.baseline, let jittery = state.jitteryGaps(least: max(1, core.thresholds.recvJitterGaps)),
            let first = jittery.first,
            let last = jittery.last
        else { return nil }
        return StreamJitter(
            socket: summary(ofSocket: slot), usualGap: .nanoseconds(rounding: baseline.gap),
            usualJitter: .nanoseconds(rounding: baseline.jitter),
            usualDeviation: .nanoseconds(rounding: baseline.deviation), gaps: state.judged, jittery: jittery.count,
            worstJitter: .nanoseconds(rounding: jittery.worstJitter),
            worstDeviation: .nanoseconds(rounding: jittery.worstDeviation), drops: core.sockets[slot].drops?.total ?? 0,
            first: first.reference, worst: (jittery.worst ?? last).reference, last: last.reference)
    }

    func addStreams(to analysis: inout TraceAnalysis, live: [Int32]) {
        analysis.streamJitters = detectors.streams.ended + live.compactMap { streamJitter(of: $0) }
        analysis.streamJitters.sort { $0.first.ordinal < $1.first.ordinal }
        analysis.unlistedStreamJitters = detectors.streams.unlisted
        analysis.judgedStreams =
            detectors.streams.judged
            + UInt64(live.count { core.sockets[$0].stream >= 0 && detectors.streams[core.sockets[$0].stream].judged > 0 })
    }
}

extension Duration {
    static func nanoseconds(rounding value: Double) -> Duration {
        .nanoseconds(value < 9e18 ? Int64(max(0, value)) : .max)
    }
}
