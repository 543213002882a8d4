// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import Diagnosis
import Testing
import TraceModel
import TraceScripts

@Suite(.timeLimit(.minutes(15))) struct KeepaliveAdviceTests {
    /// Connections that are used again after so many seconds, of which those of `died` are reset. TCP_KEEPIDLE in seconds;
    /// 0: only SO_KEEPALIVE, `nil`: no option is set.
    private func script(died: [Double], survived: [Double], keepIdle: Int64? = nil) -> TraceScript {
        var script = TraceScript()
        script.plan.kernelProbes[0].records.append("socket_option")
        // One that is in use lives on: it is no restart.
        script.connect(at: 0.5, inode: 890, descriptor: 3)
        for at in stride(from: 50.0, to: 58_000, by: 500) { script.query(at: at, inode: 890, goroutine: 4, took: 0) }
        for (index, seconds) in (died + survived).enumerated() {
            let inode = 900 + UInt64(index)
            script.connect(at: 1, inode: inode, descriptor: Int32(index + 7))
            if let keepIdle {
                script.option(at: 2, inode: inode, level: 1, name: 9, value: 1)
                if keepIdle > 0 { script.option(at: 2, inode: inode, level: 6, name: 4, value: keepIdle) }
            }
            script.query(at: 100, inode: inode, goroutine: 5, took: 0)
            let again = 100 + seconds * 1000
            script.send(at: again, inode: inode, goroutine: 5)
            if index < died.count {
                script.reset(at: again + 1, inode: inode)
            } else {
                script.receive(at: again + 1, inode: inode, goroutine: 5)
            }
        }
        return script
    }

    private func advice(_ script: TraceScript) -> Advice? {
        RuleRegistry.report(on: script.analysis()).advice.first { $0.id == "keepalive-setting" }
    }

    @Test func longestThatSurvivedIsTheMaximum() throws {
        let advice = try #require(self.advice(script(died: [20, 30, 40], survived: [4, 12])))
        #expect(advice.subject.description == "10.0.0.5:5432")
        #expect(
            advice.text
                == "maximum idle time 12 s: that survived, and 20 s did not. Or TCP keepalive: TCP_KEEPIDLE and TCP_KEEPINTVL 6 s "
                + "(off for 3 of the 3 that died).")
    }

    @Test func halfOfTheShortestThatDiedIsSafer() throws {
        let short = try #require(self.advice(script(died: [20, 30, 40], survived: [4])))
        #expect(
            short.text.hasPrefix(
                "maximum idle time 10 s: half of 20 s, the shortest that failed; up to 4 s survived. Or TCP keepalive: "
                    + "TCP_KEEPIDLE and TCP_KEEPINTVL 5 s"))
        let none = try #require(self.advice(script(died: [20, 30, 40], survived: [], keepIdle: 0)))
        #expect(none.text.contains("; none survived."))
        #expect(none.text.hasSuffix("(on for 3 of the 3 that died, after the system's time)."))
    }

    @Test func keepaliveThatDidNotHelpIsNotAdvised() throws {
        let late = try #require(self.advice(script(died: [20, 30, 40], survived: [], keepIdle: 50)))
        #expect(late.text.hasSuffix("(on for 3 of the 3 that died, after 50 s)."))
        let vain = try #require(self.advice(script(died: [20, 30, 40], survived: [], keepIdle: 25)))
        #expect(
            vain.text.hasSuffix("TCP keepalive does not help here: 2 of 3 died although a probe was due before."))
    }

    @Test func wholeSecondsMayBeTooSlow() throws {
        let advice = try #require(self.advice(script(died: [1.5, 1.6, 1.7], survived: [])))
        #expect(advice.text.hasSuffix("TCP keepalive counts in whole seconds: too slow."))
    }

    @Test func whatIsNotKnownIsSaid() throws {
        var untraced = script(died: [20, 30, 40], survived: [])
        untraced.plan.kernelProbes[0].records.removeAll { $0 == "socket_option" }
        #expect(try #require(self.advice(untraced)).text.hasSuffix("(not known for 3)."))
        var seen = untraced
        seen.census(at: 50, index: 0, inode: 900, descriptor: 7) { $0.timer = ps_socket_timer.keepalive.rawValue }
        #expect(
            try #require(self.advice(seen)).text.hasSuffix(
                "(on for 1 of the 3 that died, after the system's time; not known for 2)."))
    }

    @Test func survivorsOfTheSameSilenceFewOrLossesMakeNone() {
        #expect(advice(script(died: [20, 30, 40], survived: [25])) == nil)
        #expect(advice(script(died: [20, 30], survived: [])) == nil)
        var lossy = script(died: [20, 30, 40], survived: [])
        lossy.loss(from: 0, to: 50, kind: .socketIO, count: 1)
        #expect(advice(lossy) == nil)
    }
}
