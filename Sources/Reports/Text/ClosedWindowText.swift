// SPDX-License-Identifier: Apache-2.0
import Diagnosis
import TraceModel

/// A peer that does not read.
enum ClosedWindowText {
    static func line(_ endpoint: EndpointSummary, _ closed: ClosedWindows, _ time: TraceTime) -> String {
        let peer = endpoint.isAccepting ? "A client of \(endpoint.endpoint)" : "\(endpoint.endpoint)"
        return "\(peer) did not read what \(ReadableText.count(closed.sockets, "socket")) had for it: "
            + "\(moments(closed, time)) [\(closed.first)\(closed.censuses == 1 ? "" : ", \(closed.last)")]"
    }

    static func moments(_ closed: ClosedWindows, _ time: TraceTime) -> String {
        let first = time.offset(closed.first.timestamp)
        if closed.censuses == 1 { return "window closed at 1 snapshot, \(first)" }
        return "window closed at \(closed.censuses) snapshots, \(first) to \(time.offset(closed.last.timestamp))"
    }
}
