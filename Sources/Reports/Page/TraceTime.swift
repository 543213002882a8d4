// SPDX-License-Identifier: Apache-2.0
import Diagnosis
import TraceModel

/// The moments of a trace as people read them.
struct TraceTime {
    let analysis: TraceAnalysis

    /// Since the start of the trace: `+12.345 s`.
    func offset(_ instant: MonotonicInstant) -> String {
        let nanoseconds = (instant - analysis.startedAt).wholeNanoseconds
        let magnitude = nanoseconds.magnitude
        let milliseconds = String(magnitude / 1_000_000 % 1000)
        let padded = String(repeating: "0", count: 3 - milliseconds.count) + milliseconds
        return (nanoseconds < 0 ? "-" : "+") + "\(magnitude / 1_000_000_000).\(padded) s"
    }

    /// `nil`: the trace has no pair of clocks.
    func wall(_ instant: MonotonicInstant) -> String? { analysis.wallClock?.text(of: instant) }

    func since(_ instant: MonotonicInstant) -> String {
        ReadableText.duration(max(.zero, analysis.endedAt - instant))
    }
}
