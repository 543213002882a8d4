// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import Testing
import TraceModel
import TraceScripts

@Suite(.timeLimit(.minutes(15))) struct NameServerTests {
    private func asked(_ script: inout TraceScript, at: Double, _ id: UInt16, _ name: String, took: Double?) {
        script.name(.send, at: at, inode: 900, TraceScript.message(id, name))
        guard let took else { return }
        script.name(.receive, at: at + took, inode: 900, TraceScript.message(id, name, answers: [[10, 0, 0, 5]]))
    }

    @Test func queriesArePairedWithTheirAnswers() throws {
        var script = TraceScript()
        // Both families at once; the second is answered first.
        script.name(.send, at: 10, inode: 900, TraceScript.message(1, "db.internal"))
        script.name(.send, at: 10, inode: 900, TraceScript.message(2, "db.internal"))
        script.name(.receive, at: 13, inode: 900, TraceScript.message(2, "db.internal", answers: []))
        script.name(.receive, at: 17, inode: 900, TraceScript.message(1, "db.internal", answers: [[10, 0, 0, 5]]))
        asked(&script, at: 20, 3, "cache.internal", took: 2)
        let server = try #require(script.analyzed().nameServers.first)
        #expect(server.server?.description == "10.0.0.53:53")
        #expect(server.queries == 3 && server.unanswered == 0 && server.latency.count == 3)
        #expect(server.latency.longest == .milliseconds(7))
        #expect(server.names.map(\.name) == ["db.internal", "cache.internal"])
        #expect(server.names.map(\.queries) == [2, 1])
    }

    @Test func whatIsAskedAgainOrClosedWasNotAnswered() throws {
        var script = TraceScript()
        script.open(at: 9, inode: 900, descriptor: 7, type: 2, protocolNumber: 17)
        asked(&script, at: 10, 1, "db.internal", took: nil)
        asked(&script, at: 5010, 1, "db.internal", took: nil)
        asked(&script, at: 10_010, 1, "db.internal", took: 3)
        asked(&script, at: 10_020, 2, "db.internal", took: nil)
        script.socketClose(at: 10_030, inode: 900)
        // Its answer may still come.
        script.name(.send, at: 10_040, inode: 901, TraceScript.message(2, "db.internal"))
        let server = try #require(script.analyzed().nameServers.first)
        #expect(server.queries == 5 && server.unanswered == 3 && server.latency.count == 1)
        #expect(server.firstUnanswered?.ordinal == 1)
    }

    @Test func aQueryThatIsOutForLongWasNotAnswered() throws {
        var script = TraceScript()
        asked(&script, at: 10, 1, "db.internal", took: nil)
        script.clockPair(at: 5009)
        #expect(try #require(script.analyzed().nameServers.first).unanswered == 0)
        script.clockPair(at: 5011)
        #expect(try #require(script.analyzed().nameServers.first).unanswered == 1)
    }

    @Test func answersOfOthersAndForgedOnesAreNotTaken() throws {
        var script = TraceScript()
        asked(&script, at: 10, 1, "db.internal", took: nil)
        script.name(.receive, at: 11, inode: 901, TraceScript.message(1, "db.internal", answers: []))
        script.name(.receive, at: 12, inode: 900, TraceScript.message(2, "db.internal", answers: []))
        script.name(.receive, at: 13, inode: 900, TraceScript.message(1, "evil.internal", answers: [[6, 6, 6, 6]]))
        let server = try #require(script.analyzed().nameServers.first)
        #expect(server.queries == 1 && server.latency.count == 0)
    }

    @Test func errorsAreCountedByKind() throws {
        var script = TraceScript()
        for (id, code) in [UInt8(3), 3, 3, 2, 5].enumerated() {
            script.name(.send, at: 10, inode: 900, TraceScript.message(UInt16(id), "db"))
            script.name(
                .receive, at: 11, inode: 900,
                TraceScript.message(UInt16(id), "db", answers: [], responseCode: code, truncated: id == 0))
        }
        let server = try #require(script.analyzed().nameServers.first)
        #expect(server.absent == 3 && server.failures == 2 && server.truncated == 1)
    }

    @Test func anEndpointHasTheNameThatItWasLookedUpBy() throws {
        var script = TraceScript()
        asked(&script, at: 10, 1, "db.internal", took: 2)
        script.dial(at: 20, inode: 901, descriptor: 8, goroutine: 20, took: 1)
        #expect(script.analyzed().endpoints.map(\.name) == ["db.internal"])
    }

    @Test func whatIsNoMessageIsSaid() {
        var script = TraceScript()
        script.name(.send, at: 10, inode: 900, [UInt8](repeating: 0xff, count: 40))
        let analysis = script.analyzed()
        #expect(analysis.nameServers.isEmpty)
        #expect(analysis.irregularities.unreadableNameMessages == 1)
    }
}
