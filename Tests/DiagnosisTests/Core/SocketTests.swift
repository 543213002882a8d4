// SPDX-License-Identifier: Apache-2.0
import Diagnosis
import Testing
import TraceModel
import TraceScripts

@Suite(.timeLimit(.minutes(15))) struct SocketTests {
    @Test func socketThatALaterCensusDoesNotListIsClosed() throws {
        var script = TraceScript()
        script.census(at: 1, index: 0, inode: 900, descriptor: 7)
        script.census(at: 1, index: 0, inode: 901, descriptor: 8)
        script.censusEnd(at: 2, index: 0, started: 0.5, sockets: 2)
        // Opened while the second census ran: it proves nothing about this one.
        script.connect(at: 1000.6, inode: 902, descriptor: 9)
        script.census(at: 1001, index: 1, inode: 901, descriptor: 8)
        script.censusEnd(at: 1002, index: 1, started: 1000.5, sockets: 1)
        let analysis = script.analyzed()
        #expect(analysis.openSockets == 2)
        #expect(analysis.endpoints.first?.sockets == 3)
        #expect(analysis.endpoints.first?.openSockets == 2)
        #expect(analysis.descriptors == DescriptorUsage(sockets: 1, descriptors: 6, limit: 1024))
    }

    @Test func censusWithLostRecordsClosesNothing() throws {
        var script = TraceScript()
        script.connect(at: 1, inode: 900, descriptor: 7)
        script.loss(from: 1000.7, to: 1000.8, kind: .censusSocket, count: 1, reason: .writer)
        script.censusEnd(at: 1002, index: 1, started: 1000.5, sockets: 0)
        #expect(script.analyzed().openSockets == 1)
    }

    @Test func closedSocketGoesToItsEndpointsSums() throws {
        var script = TraceScript()
        script.connect(at: 1, inode: 900, descriptor: 7)
        script.query(at: 2, inode: 900, goroutine: 5)
        script.socketClose(at: 3, inode: 900)
        script.connect(at: 4, inode: 901, descriptor: 7, result: -111)
        let endpoint = try #require(script.analyzed().endpoints.first)
        #expect((endpoint.sockets, endpoint.openSockets) == (2, 1))
        #expect((endpoint.connects, endpoint.failedConnects) == (2, 1))
        #expect((endpoint.sentBytes, endpoint.receivedBytes) == (100, 200))
    }

    @Test func refusedConnectIsOneFailure() throws {
        var script = TraceScript()
        script.connect(at: 2, inode: 900, descriptor: 7, result: -111)
        script.state(at: 1.9999, inode: 900, from: 2, to: 7)
        // Not blocking: only the state change tells.
        script.connect(at: 3, inode: 901, descriptor: 8, result: -115)
        script.state(at: 4, inode: 901, from: 2, to: 7)
        let endpoint = try #require(script.analyzed().endpoints.first)
        #expect((endpoint.connects, endpoint.failedConnects) == (2, 2))
    }

    @Test func inodeThatIsBornAgainIsAnotherSocket() throws {
        var script = TraceScript()
        script.connect(at: 1, inode: 900, descriptor: 7)
        script.connect(at: 5000, inode: 900, descriptor: 8)
        let analysis = script.analyzed()
        #expect(analysis.openSockets == 1)
        #expect(analysis.endpoints.first?.sockets == 2)
    }

    @Test func stateWithoutInodeFindsTheSocketByItsKey() throws {
        var script = TraceScript()
        script.connect(at: 1, inode: 900, descriptor: 7)
        script.state(at: 10, inode: 0, from: 1, to: 8, key: 900 + 0xabc000)
        script.censusEnd(at: 20_000, index: 1, started: 0.1, sockets: 1)
        let span = try #require(script.analyzed().closeWaits.first)
        #expect(span.event.timestamp == TraceScript.instant(10))
        #expect(span.endedAt == nil)
        #expect(!span.isPooled)
    }

    @Test func shortCloseWaitIsNotKept() throws {
        var script = TraceScript()
        script.connect(at: 1, inode: 900, descriptor: 7)
        script.state(at: 10, inode: 900, from: 1, to: 8)
        script.socketClose(at: 500, inode: 900)
        script.clockPair(at: 30_000)
        #expect(script.analyzed().closeWaits.isEmpty)
    }

    @Test(arguments: [
        ("/run/postgresql/.s.PGSQL.5432", "unix:/run/postgresql/.s.PGSQL.5432"), ("\0bus", "unix:@bus"),
    ])
    func unixEndpointIsItsPath(_ path: String, _ text: String) throws {
        var script = TraceScript()
        script.unixPath(at: 1, inode: 900, Array(path.utf8))
        #expect(script.analyzed().endpoints.map(\.endpoint.description) == [text])
    }

    @Test func manySocketsReuseTheirSlots() throws {
        var script = TraceScript()
        for index in 0..<UInt64(1000) {
            script.connect(at: Double(index), inode: 1000 + index, descriptor: 7)
            script.socketClose(at: Double(index) + 0.5, inode: 1000 + index)
        }
        let endpoint = try #require(script.analyzed().endpoints.first)
        #expect((endpoint.sockets, endpoint.openSockets) == (1000, 0))
    }
}
