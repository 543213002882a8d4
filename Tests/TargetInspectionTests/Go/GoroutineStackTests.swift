// SPDX-License-Identifier: Apache-2.0
import Glibc
import Testing
import TraceModel

@testable import TargetInspection

/// Stacks read from outside, against what the runtime says about itself.
@Suite(
    .enabled(if: !GoToolchain.all.isEmpty || GoToolchain.isRequired, Comment(rawValue: GoToolchain.skipReason)),
    .timeLimit(.minutes(15)))
struct GoroutineStackTests {
    private struct Reading {
        let audit: GoroutineAudit
        private let stack: GoroutineStack

        init(_ running: RunningProgram) throws {
            let layout = try GoRuntimeLayout(version: try #require(running.info.goVersion))
            let memory = running.process.memory
            audit = GoroutineAudit(memory: memory, layout: layout)
            stack = GoroutineStack(
                memory: memory, layout: layout, symbols: running.symbols, bias: running.process.loadBias)
        }

        func addresses(
            _ goroutine: RunningProgram.Goroutine, limit: Int = 1000, id: UInt64? = nil, in given: GoroutineState? = nil
        ) -> [UInt64]? {
            let state = given ?? audit.state(ofGoroutineAt: goroutine.address, id: goroutine.id)
            var stack = stack
            return stack.addresses(ofGoroutineAt: goroutine.address, id: id ?? goroutine.id, in: state, limit: limit)
        }
    }

    private func functions(_ addresses: [UInt64], _ running: RunningProgram) -> [String] {
        addresses.flatMap { address in
            running.symbols.frames(at: running.process.linkAddress(of: address), isReturnAddress: true).map(\.function)
        }
    }

    @Test(arguments: GoProgram.all) func waitingGoroutinesAreWhereTheRuntimeSays(_ program: GoProgram) throws {
        let running = try RunningProgram(program)
        let reading = try Reading(running)
        for name in ["parked", "deep"] {
            let goroutine = try #require(running.goroutines.first { $0.name == name })
            let traceback = try #require(running.tracebacks[name])
            let addresses = try #require(reading.addresses(goroutine), "\(name)")
            let found = functions(addresses, running)
            #expect(found.last == "runtime.goexit")
            // The runtime leaves out its own calls, except those at the edge, such as of a mutex.
            let isOwn: (String) -> Bool = { $0.hasPrefix("runtime.") || $0.contains("sync.runtime_") }
            #expect(found.filter { !isOwn($0) } == traceback.functions.filter { !isOwn($0) })
            let state = reading.audit.state(ofGoroutineAt: goroutine.address, id: goroutine.id)
            #expect(GoWaitReason.text(state.waitReason, goVersion: running.info.version) == traceback.state)
        }
        let deep = try #require(running.goroutines.first { $0.name == "deep" })
        let whole = try #require(reading.addresses(deep))
        #expect(functions(whole, running).count { $0 == "main.descend" } == 21)
        #expect(reading.addresses(deep, limit: 11) == Array(whole.prefix(11)))
    }

    /// The main goroutine reads its input: a system call.
    @Test(arguments: GoProgram.all) func goroutineInASystemCallIsFoundThere(_ program: GoProgram) throws {
        let running = try RunningProgram(program)
        let reading = try Reading(running)
        let main = try #require(running.goroutines.first { $0.name == "main" })
        // It said that it is ready, and is on its way to the read.
        var found: [String] = []
        for _ in 0..<3000 where !found.contains("io.Copy") {
            found = reading.addresses(main).map { functions($0, running) } ?? []
            if found.isEmpty { usleep(10_000) }
        }
        #expect(reading.audit.state(ofGoroutineAt: main.address, id: main.id).status == 3)
        #expect(found.contains { $0.hasPrefix("syscall.") })
        #expect(found.suffix(3) == ["main.main", "runtime.main", "runtime.goexit"])
    }

    @Test(arguments: GoProgram.all.suffix(1)) func whatChangedMeanwhileIsNotBelieved(_ program: GoProgram) throws {
        let running = try RunningProgram(program)
        let reading = try Reading(running)
        let parked = try #require(running.goroutines.first { $0.name == "parked" })
        let state = reading.audit.state(ofGoroutineAt: parked.address, id: parked.id)
        for status: UInt16 in [0, 1, 2, 3, 8] {
            let other = GoroutineState(.exists, status: status, waitReason: state.waitReason)
            #expect(reading.addresses(parked, in: other) == nil, "status \(status)")
        }
        #expect(reading.addresses(parked, id: parked.id + 1, in: state) == nil)
        running.child.wait()
        #expect(reading.addresses(parked) == nil)
    }
}
