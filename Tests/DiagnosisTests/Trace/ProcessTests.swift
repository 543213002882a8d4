// SPDX-License-Identifier: Apache-2.0
import Testing
import TraceModel
import TraceScripts

@Suite(.timeLimit(.minutes(15))) struct ProcessTests {
    @Test func startedProcessesAreCounted() throws {
        var script = TraceScript()
        for child in UInt32(1)...101 { script.fork(at: Double(child), child: 1000 + child) }
        let started = try #require(script.analyzed().startedProcesses)
        #expect(started.count == 101 && started.processIDs.count == 64)
        #expect(started.processIDs.first == 1001 && started.first.ordinal == 0)
        #expect(TraceScript().analyzed().startedProcesses == nil)
    }

    @Test func theFirstExecEndsTheProgram() throws {
        var script = TraceScript()
        script.acquire(at: 1000, goroutine: 20, connection: 0xc0, inode: 900, descriptor: 7, site: 1)
        script.exec(at: 2000, "/usr/bin/other")
        script.exec(at: 3000, "/usr/bin/third")
        let analysis = script.analyzed()
        #expect(analysis.newProgram?.path == "/usr/bin/other")
        #expect(analysis.processExit?.timestamp == TraceScript.instant(2000))
    }
}
