// SPDX-License-Identifier: Apache-2.0
import Reports
import Testing
import TraceModel
import TraceScripts

@Suite(.timeLimit(.minutes(15))) struct LossTextTests {
    private func script(_ losses: [(from: Double, to: Double, cpu: UInt32?)]) -> TraceScript {
        var script = TraceScript()
        script.connect(at: 1, inode: 900, descriptor: 7)
        for loss in losses {
            script.loss(from: loss.from, to: loss.to, kind: .socketIO, count: 5, cpu: loss.cpu)
        }
        return script
    }

    private func text(_ script: TraceScript) -> String {
        TextRenderer().render(report(script), RenderOptions()).split(whereSeparator: \.isWhitespace)
            .joined(separator: " ")
    }

    @Test func aLossNamesItsProcessors() {
        let script = script([(10, 20, 3), (10, 20, 1), (20, 30, 3), (500, 600, 1)])
        let report = report(script)
        #expect(report.analysis.losses.map(\.cpus) == [[1, 3], [1]])
        #expect(report.analysis.losses.map(\.count) == [15, 5])
        #expect(text(script).contains("the ring buffer was full, on CPU 1, 3"))
    }

    @Test func anOlderTraceDoesNotKnowThem() {
        let script = script([(10, 20, nil)])
        #expect(report(script).analysis.losses.map(\.cpus) == [[]])
        #expect(text(script).contains("the ring buffer was full") && !text(script).contains("on CPU"))
    }

    @Test func ofManyTheFirstAreNamed() {
        let script = script((0..<11).map { (10, 20, UInt32($0)) })
        #expect(text(script).contains("on CPU 0, 1, 2, 3, 4, 5, 6, 7 and 3 more"))
    }
}
