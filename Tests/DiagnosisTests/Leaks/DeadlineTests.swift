// SPDX-License-Identifier: Apache-2.0
import Diagnosis
import CTraceRecords
import Testing
import TraceModel
import TraceScripts

/// Which reads would wait for ever.
@Suite(.timeLimit(.minutes(15))) struct DeadlineTests {
    private func lease(_ change: (inout TraceScript) -> Void) throws -> LeaseSummary {
        var script = TraceScript()
        script.traceDeadlines()
        script.site(1, "main.f", "f.go", 1)
        script.dial(at: 10, inode: 900, descriptor: 7, goroutine: 20, took: 1)
        script.acquire(at: 20, goroutine: 20, connection: 0xc0, inode: 900, descriptor: 7)
        change(&script)
        return try #require(script.analyzed().openLeases.first)
    }

    private func wait(_ script: inout TraceScript, at: Double) {
        script.send(at: at, inode: 900, goroutine: 20)
        script.receive(at: at + 1, inode: 900, goroutine: 20, bytes: -11)
    }

    @Test func socketIsBornWithoutADeadline() throws {
        let lease = try lease { wait(&$0, at: 30) }
        #expect(lease.socket?.readDeadline == ReadDeadline.none)
        #expect(lease.awaitingAnswerSince == TraceScript.instant(30))
    }

    @Test func deadlineIsArmedAndCleared() throws {
        let armed = try lease { script in
            script.readDeadline(at: 25, inode: 900)
            wait(&script, at: 30)
        }
        #expect(armed.socket?.readDeadline == .armed)
        let cleared = try lease { script in
            script.readDeadline(at: 25, inode: 900, mode: PS_DEADLINE_READ | PS_DEADLINE_WRITE)
            script.readDeadline(at: 26, inode: 900, isCleared: true)
            wait(&script, at: 30)
        }
        #expect(cleared.socket?.readDeadline == ReadDeadline.none)
    }

    @Test func deadlineOfWritesIsNotOfReads() throws {
        let lease = try lease { $0.readDeadline(at: 25, inode: 900, mode: PS_DEADLINE_WRITE) }
        #expect(lease.socket?.readDeadline == ReadDeadline.none)
    }

    @Test func nothingIsSaidWithoutTheProbeOrWithLosses() throws {
        let untraced = try lease { $0.plan.runtimeCalls = nil }
        #expect(untraced.socket?.readDeadline == nil)
        let lossy = try lease { $0.loss(from: 0, to: 20, kind: .deadline, count: 1) }
        #expect(lossy.socket?.readDeadline == nil)
        let unarmed = try lease { $0.plan.runtimeCalls?[0].points[0].mechanism = nil }
        #expect(unarmed.socket?.readDeadline == nil)
    }

    @Test func socketFromBeforeTheTraceIsNotKnownUntilItsNextCall() throws {
        var script = TraceScript()
        script.traceDeadlines()
        script.receive(at: 30, inode: 800, goroutine: 20, bytes: -11)
        script.receive(at: 31, inode: 801, goroutine: 21, bytes: -11)
        script.readDeadline(at: 40, inode: 801)
        let reads = script.analyzed().waitingReads
        #expect(reads.map(\.deadline) == [nil, .armed])
    }

    @Test func readWaitsFromTheFirstThatFoundNothing() throws {
        var script = TraceScript()
        script.traceDeadlines()
        script.site(1, "main.f", "f.go", 1)
        for inode: UInt64 in [900, 901, 902] {
            script.dial(at: 10, inode: inode, descriptor: Int32(inode - 893), goroutine: 20, took: 1)
        }
        script.acquire(at: 20, goroutine: 20, connection: 0xc0, inode: 901, descriptor: 8)
        script.receive(at: 50, inode: 901, goroutine: 20, bytes: -11)
        script.send(at: 55, inode: 901, goroutine: 21)
        script.receive(at: 60, inode: 901, goroutine: 20, bytes: -11)
        script.receive(at: 40, inode: 900, goroutine: 22, bytes: -11)
        script.receive(at: 45, inode: 900, goroutine: 22)
        script.receive(at: 70, inode: 902, goroutine: 23, bytes: -11)
        let analysis = script.analyzed()
        #expect(analysis.waitingReads.map(\.socket.id.inode) == [901, 902])
        #expect(analysis.waitingReads.map(\.event.timestamp) == [TraceScript.instant(50), TraceScript.instant(70)])
        #expect(analysis.waitingReads.map(\.isLeased) == [true, false])
        #expect(analysis.unlistedWaitingReads == 0)
    }
}
