// SPDX-License-Identifier: Apache-2.0
import Testing
import TraceModel
import TraceScripts

@Suite(.timeLimit(.minutes(15))) struct PeerTests {
    @Test func theSendsOfAClientBelongToItsPeers() {
        var script = TraceScript()
        script.open(at: 1, inode: 900, descriptor: 7, type: 2, protocolNumber: 17)
        script.peer(.send, at: 10, inode: 900, host: 7)
        for index in 0..<3 { script.send(at: 11 + Double(index), inode: 900, goroutine: 20) }
        script.peer(.send, at: 20, inode: 900, host: 8)
        for index in 0..<2 { script.send(at: 21 + Double(index), inode: 900, goroutine: 20) }
        script.peer(.send, at: 30, inode: 900, host: 7)
        script.send(at: 31, inode: 900, goroutine: 20)
        var endpoints = script.analyzed().endpoints
        #expect(endpoints.map(\.endpoint.description) == ["10.0.0.7:8125", "10.0.0.8:8125"])
        #expect(endpoints.map(\.sentBytes) == [400, 200] && endpoints.map(\.openSockets) == [1, 1])
        script.socketClose(at: 40, inode: 900)
        endpoints = script.analyzed().endpoints
        #expect(endpoints.map(\.sentBytes) == [400, 200] && endpoints.map(\.openSockets) == [0, 0])
        #expect(script.analyzed().strayDatagrams.isEmpty)
    }

    @Test func whatComesFromAnotherPeerIsStray() throws {
        var script = TraceScript()
        script.open(at: 1, inode: 900, descriptor: 7, type: 2, protocolNumber: 17)
        script.peer(.send, at: 10, inode: 900, host: 7)
        script.send(at: 11, inode: 900, goroutine: 20)
        script.peer(.receive, at: 12, inode: 900, host: 9)
        for index in 0..<5 { script.receive(at: 13 + Double(index), inode: 900, goroutine: 20) }
        script.peer(.receive, at: 20, inode: 900, host: 7)
        script.receive(at: 21, inode: 900, goroutine: 20)
        let stray = try #require(script.analyzed().strayDatagrams.first)
        #expect(script.analyzed().strayDatagrams.count == 1)
        #expect(stray.peer.peer.description == "10.0.0.9:8125" && stray.peer.receivedDatagrams == 5)
        #expect(stray.descriptor == 7 && stray.peer.first.ordinal == 3)
        script.socketClose(at: 30, inode: 900)
        #expect(script.analyzed().strayDatagrams.count == 1)
    }

    @Test func aServerExpectsAnybody() {
        var script = TraceScript()
        script.open(at: 1, inode: 900, descriptor: 7, type: 2, protocolNumber: 17)
        for host in UInt8(1)...7 {
            script.peer(.receive, at: 10 * Double(host), inode: 900, host: host)
            script.receive(at: 10 * Double(host) + 1, inode: 900, goroutine: 20)
        }
        let analysis = script.analyzed()
        #expect(analysis.strayDatagrams.isEmpty && analysis.endpoints.isEmpty)
    }

    @Test func peersBeyondThoseToldApartCountForNone() throws {
        var script = TraceScript()
        script.open(at: 1, inode: 900, descriptor: 7, type: 2, protocolNumber: 17)
        for host in UInt8(1)...101 {
            script.peer(.send, at: 10 * Double(host), inode: 900, host: host)
            script.send(at: 10 * Double(host) + 1, inode: 900, goroutine: 20)
        }
        let analysis = script.analyzed()
        #expect(analysis.endpoints.count == 64 && analysis.irregularities.unlistedEndpoints == 37)
    }
}
