// SPDX-License-Identifier: Apache-2.0
import TargetInspection
import TraceFile
import TraceModel

/// What goes wrong while a recording goes on, and does not end it.
extension Recorder {
    func censusFailed(_ error: CensusError) {
        // The target is going: the loop will see it, and the end of the trace says so.
        if error.code == .processGone { return }
        let (now, before) = (MonotonicClock.now, latestCensus)
        losses.noteCensus(sockets: before.sockets, since: before.time, now: now) { writer.append($0) }
        latestCensus.time = now
        note("A list of all sockets could not be taken: \(error)")
    }

    /// Tells the user, and at the end the trace, of something that could not be read or changed: once.
    func note(_ sentence: String) {
        // A sentence has the text of an error, of which there are few.
        guard notes.count < 64, !notes.contains(sentence) else { return }
        notes.append(sentence)
        options.onNote?(sentence)
    }
}
