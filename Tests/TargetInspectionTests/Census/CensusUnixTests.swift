// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import Glibc
import Testing

@testable import TargetInspection

/// The census of Unix sockets; this process is the target.
@Suite(.timeLimit(.minutes(15))) struct CensusUnixTests {
    private typealias Scene = (
        listener: CensusTestSocket, client: CensusTestSocket, server: CensusTestSocket, waiting: CensusTestSocket
    )

    /// A listener at `name`, with an accepted client and one that waits to be accepted.
    private func scene(_ name: [UInt8]) throws -> Scene {
        let listener = try CensusTestSocket(AF_UNIX, SOCK_STREAM)
        try listener.bind(CensusTestSocket.unix(name))
        try listener.listen()
        let client = try CensusTestSocket(AF_UNIX, SOCK_STREAM)
        try client.connect(CensusTestSocket.unix(name))
        let server = try listener.accept()
        let waiting = try CensusTestSocket(AF_UNIX, SOCK_STREAM)
        try waiting.connect(CensusTestSocket.unix(name))
        return (listener, client, server, waiting)
    }

    @Test(arguments: [false, true]) func connections(isAbstract: Bool) throws {
        let name = Array("\(isAbstract ? "\0" : "")/tmp/psc-census-\(getpid())-\(isAbstract)".utf8)
        let scene = try scene(name)
        defer { if !isAbstract { unlink(String(decoding: name, as: UTF8.self)) } }
        try scene.server.send(bytes: 1237)
        let taken = try CensusTaken.ofThisProcess()

        #expect(taken.coverage.sources["unix"] == .diagnosis)
        #expect(try taken.only(scene.listener).state == 10)
        #expect(try taken.only(scene.listener).receive_queue_bytes == 0)  // one connection waits: not bytes
        for socket in [scene.client, scene.server, scene.waiting] {
            let record = try taken.only(socket)
            #expect(record.family == 1 && record.type == 1 && record.protocol == 0 && record.state == 1)
        }
        #expect(try taken.only(scene.client).receive_queue_bytes == 1237)
        #expect(taken.path(of: scene.client, isRemote: true) == name)
        #expect(taken.path(of: scene.client, isRemote: false) == nil)
        #expect(taken.path(of: scene.waiting, isRemote: true) == name)
        #expect(taken.path(of: scene.listener, isRemote: false) == name)
        #expect(taken.path(of: scene.server, isRemote: false) == name)
        #expect(taken.path(of: scene.server, isRemote: true) == nil)
    }

    @Test func withoutDiagnosisOnlyOwnNamesAreKnown() throws {
        let name = Array("\0psc census \(getpid())".utf8)
        let scene = try scene(name)
        let taken = try CensusTaken.ofThisProcess(usesDiagnosis: false)

        guard case .procNet(let reason)? = taken.coverage.sources["unix"] else {
            Issue.record("the source is \(String(describing: taken.coverage.sources["unix"]))")
            return
        }
        #expect(!reason.isEmpty && taken.coverage.unreadableLines == 0)
        #expect(try taken.only(scene.listener).state == 10)
        #expect(try taken.only(scene.client).state == 1)
        #expect(try taken.only(scene.client).type == 1)
        #expect(taken.path(of: scene.listener, isRemote: false) == name)
        #expect(taken.path(of: scene.client, isRemote: true) == nil)
    }

    @Test func namesAreToldOnceAndAgainWhenTheyChange() throws {
        let name = Array("\0psc-once-\(getpid())".utf8)
        let (listener, client, server, waiting) = try scene(name)
        var census = try SocketCensus(processID: getpid())
        let sockets = [listener, client, server, waiting]

        let first = try CensusTaken(&census)
        #expect(first.paths.count { path in sockets.contains { $0.inode == path.socket_inode } } == 4)
        let second = try CensusTaken(&census)
        #expect(second.paths.count { path in sockets.contains { $0.inode == path.socket_inode } } == 0)
        #expect(second.of(client.inode).count == 1)
        // A client that binds after it has connected gets a name of its own.
        let own = Array("\0psc-own-\(getpid())".utf8)
        try client.bind(CensusTestSocket.unix(own))
        let third = try CensusTaken(&census)
        #expect(third.path(of: client, isRemote: false) == own)
        #expect(third.path(of: client, isRemote: true) == nil)
        #expect(third.path(of: server, isRemote: true) == own)
    }

    @Test func socketPairsAndDuplicates() throws {
        let (stream, peer) = try CensusTestSocket.pair()
        let (datagram, _) = try CensusTestSocket.pair(SOCK_DGRAM)
        let duplicates = try (0..<3).map { _ in try stream.duplicate() }
        let taken = try CensusTaken.ofThisProcess()

        let found = taken.of(stream.inode)
        #expect(found.map(\.descriptor) == ([stream] + duplicates).map(\.descriptor).sorted())
        #expect(found.allSatisfy { $0.state == 1 && $0.type == 1 && $0.flags == 0 })
        #expect(try taken.only(peer).state == 1)
        #expect(try taken.only(datagram).type == 2)
        #expect(taken.path(of: stream, isRemote: true) == nil && taken.path(of: stream, isRemote: false) == nil)
    }
}
