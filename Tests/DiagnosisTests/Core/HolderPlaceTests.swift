// SPDX-License-Identifier: Apache-2.0
import Diagnosis
import CTraceRecords
import Testing
import TraceModel
import TraceScripts

/// Where the holder of an open lease is now.
@Suite(.timeLimit(.minutes(15))) struct HolderPlaceTests {
    private func condition(_ change: (inout TraceScript) -> Void) throws -> HolderCondition {
        var script = TraceScript()
        script.site(1, "main.report", "report.go", 7)
        script.acquire(at: 10, goroutine: 20, connection: 0xc0)
        change(&script)
        return try #require(script.analyzed().openLeases.first).condition
    }

    @Test func stackAndReasonAreThoseOfTheLastAudit() throws {
        let condition = try condition { script in
            let first = script.place(at: 1000, 1, "main.early", "early.go", 1)
            let second = script.place(at: 6000, 2, "main.late", "late.go", 2)
            script.holder(at: 1000, goroutine: 20, connection: 0xc0, .exists, waitReason: 2, stack: first)
            script.holder(at: 6000, goroutine: 20, connection: 0xc0, .exists, waitReason: 14, stack: second)
            script.holder(at: 11_000, goroutine: 20, connection: 0xc0, .exists, waitReason: 14, stack: second)
        }
        #expect(condition.waitReason == "chan receive")
        #expect(condition.stack?.frames.map(\.function) == ["runtime.gopark", "main.late"])
        #expect(condition.stack?.site?.line == 2)
        #expect(condition.thereSince == TraceScript.instant(6000))
        #expect(condition.event?.timestamp == TraceScript.instant(11_000))
    }

    @Test func anotherReasonAtTheSamePlaceStartsAnew() throws {
        let condition = try condition { script in
            let place = script.place(at: 1000, 1, "main.f", "f.go", 1)
            script.holder(at: 1000, goroutine: 20, connection: 0xc0, .exists, waitReason: 14, stack: place)
            script.holder(at: 6000, goroutine: 20, connection: 0xc0, .exists, waitReason: 15, stack: place)
        }
        #expect(condition.thereSince == TraceScript.instant(6000))
    }

    @Test func runningHolderHasNoPlaceAndNoReason() throws {
        let condition = try condition { script in
            let place = script.place(at: 1000, 1, "main.f", "f.go", 1)
            script.holder(at: 1000, goroutine: 20, connection: 0xc0, .exists, waitReason: 14, stack: place)
            // `g.waitreason` keeps its last value.
            script.holder(at: 6000, goroutine: 20, connection: 0xc0, .exists, status: 2, waitReason: 14)
        }
        #expect(condition.statusText == "running")
        #expect(condition.waitReason == nil)
        #expect(condition.stack == nil)
        #expect(condition.thereSince == nil)
    }

    @Test func endedHolderIsNowhere() throws {
        let condition = try condition { script in
            let place = script.place(at: 1000, 1, "main.f", "f.go", 1)
            script.holder(at: 1000, goroutine: 20, connection: 0xc0, .exists, waitReason: 14, stack: place)
            script.holder(at: 6000, goroutine: 20, connection: 0xc0, .ended, waitReason: 14)
        }
        #expect(condition.state == .ended)
        #expect(condition.stack == nil && condition.waitReason == nil)
    }

    /// Files before the field have zero there, and a kernel stack of that number.
    @Test func zeroIsNoStack() throws {
        let condition = try condition { script in
            script.site(0, "main.other", "other.go", 3)
            script.holder(at: 1000, goroutine: 20, connection: 0xc0, .exists, waitReason: 14, stack: 0)
        }
        #expect(condition.stack == nil)
        #expect(condition.waitReason == "chan receive")
    }
}
