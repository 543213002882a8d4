// SPDX-License-Identifier: Apache-2.0
import Glibc
import KernelProbes

/// What is missing in the trace, and that nothing is missing unsaid.
extension Recorder {
    /// How often the ring is looked at again, 10 ms apart, for records that are under way when the probes are gone.
    private static let patience = 10

    /// Takes what is in the ring after the probes are gone. A program that was about a record then is finished once its
    /// processor is given back to it.
    func awaitUndelivered() {
        for _ in 0..<Self.patience {
            while drain() == Self.drainLimit {}
            if session.account().undelivered.isEmpty { return }
            usleep(10_000)
        }
    }

    func sampleLosses(isFinal: Bool = false) {
        losses.sample(
            session.account(), malformed: session.malformedRecords &+ writer.counters.recordsRefused,
            now: MonotonicClock.now, isFinal: isFinal
        ) { writer.append($0) }
    }
}
