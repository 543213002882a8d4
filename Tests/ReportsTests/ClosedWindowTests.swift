// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import Reports
import Diagnosis
import Testing
import TraceModel
import TraceScripts

/// A peer that does not read, as censuses find it.
@Suite(.timeLimit(.minutes(15))) struct ClosedWindowTests {
    private func script(closedAt censuses: [UInt32]) -> TraceScript {
        var script = TraceScript()
        for inode in UInt64(900)...901 { script.connect(at: 1, inode: inode, descriptor: Int32(inode - 893)) }
        for index in UInt32(0)..<5 {
            for inode in UInt64(900)...901 {
                script.census(
                    at: 1000 + 1000 * Double(index), index: index, inode: inode, descriptor: Int32(inode - 893)
                ) { record in
                    guard inode == 900, censuses.contains(index) else { return }
                    record.send_queue_bytes = 4096
                    record.timer = ps_socket_timer.zero_window.rawValue
                }
            }
        }
        return script
    }

    private func words(_ report: Report) -> String {
        TextRenderer().render(report, RenderOptions()).split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    @Test func itIsSaidOfTheEndpoint() throws {
        let report = report(script(closedAt: [1, 2, 4]))
        let closed = try #require(report.analysis.endpoints.first?.closedWindows)
        #expect(closed.sockets == 1 && closed.censuses == 3)
        let text = words(report)
        #expect(
            text.contains(
                "10.0.0.5:5432 did not read what 1 socket had for it: window closed at 3 snapshots, +2.000 s to +5.000 s"
            ),
            "\(text)")
    }

    @Test func onceIsOneMoment() {
        let text = words(report(script(closedAt: [1])))
        #expect(text.contains("window closed at 1 snapshot, +2.000 s ["), "\(text)")
    }

    @Test func neverIsNothing() {
        let report = report(script(closedAt: []))
        #expect(report.analysis.endpoints.first?.closedWindows == nil)
        #expect(!words(report).contains("window closed"))
    }
}
