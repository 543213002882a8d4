// SPDX-License-Identifier: Apache-2.0
import Glibc
import Testing

@testable import TargetInspection

/// The census of a process in another network namespace than the recorder's.
@Suite(.timeLimit(.minutes(15))) struct CensusNamespaceTests {
    /// A namespace made by `ip netns`, with its loopback up; removed with its last reference.
    private final class Namespace {
        let name = "psc-test-\(getpid())"
        let descriptor: Int32

        init() throws {
            let created = try CensusChild.output(of: ["ip", "netns", "add", name])
            try #require(created != nil, "iproute2 is not installed")
            _ = try CensusChild.output(of: ["ip", "-n", name, "link", "set", "lo", "up"])
            descriptor = open("/run/netns/\(name)", O_RDONLY | O_CLOEXEC)
            try #require(descriptor >= 0)
        }

        deinit {
            close(descriptor)
            _ = try? CensusChild.output(of: ["ip", "netns", "del", name])
        }
    }

    @Test(.enabled(if: geteuid() == 0 || censusMustRun, "making a network namespace needs root"))
    func socketsOfAnotherNamespace() throws {
        let namespace = try Namespace()
        var own = stat()
        #expect(stat("/proc/thread-self/ns/net", &own) == 0)
        // A server of this namespace that the other one reaches through the file system, as with a mounted socket.
        let path = Array("/tmp/psc-namespace-\(getpid())".utf8)
        let hostServer = try CensusTestSocket(AF_UNIX, SOCK_STREAM)
        try hostServer.bind(CensusTestSocket.unix(path))
        defer { unlink(String(decoding: path, as: UTF8.self)) }
        try hostServer.listen()

        let (listener, pairs, unix, child) = try CensusChild.inNamespace(namespace.descriptor) {
            let (listener, pairs) = try CensusInetTests.connections(5, AF_INET)
            let unix = try CensusTestSocket(AF_UNIX, SOCK_STREAM)
            try unix.connect(CensusTestSocket.unix(path))
            // A child is in the namespace of the thread that starts it.
            let child = try CensusChild(holding: [listener] + pairs.flatMap { [$0.client, $0.server] } + [unix])
            return (listener, pairs, unix, child)
        }
        let accepted = try hostServer.accept()
        defer { withExtendedLifetime((child, accepted)) {} }
        var census = try SocketCensus(processID: child.processID)
        for usesDiagnosis in [true, false, true] {
            census.tables.usesDiagnosis = usesDiagnosis
            let taken = try CensusTaken(&census)
            #expect(taken.end?.socket_count == 12)  // 1 + 5 x 2 + 1
            #expect(taken.coverage.unresolvedCount == 0)
            #expect((taken.coverage.sources["tcp"] == .diagnosis) == usesDiagnosis)
            #expect(taken.of(listener.inode).map(\.state) == [10])
            for (client, server) in pairs {
                #expect(taken.of(client.inode).map(\.remote_port) == [listener.port])
                #expect(taken.of(server.inode).map(\.remote_port) == [client.port])
                #expect(taken.of(server.inode).map(\.state) == [1])
            }
            #expect(taken.of(unix.inode).map(\.state) == [1])
        }
        var fresh = try SocketCensus(processID: child.processID)
        #expect(try CensusTaken(&fresh).path(of: unix, isRemote: true) == path)
        // The threads of this process have stayed where they were.
        var after = stat()
        #expect(stat("/proc/thread-self/ns/net", &after) == 0 && after.st_ino == own.st_ino)
        #expect(stat("/proc/self/ns/net", &after) == 0 && after.st_ino == own.st_ino)
    }

    /// Sockets that a process brought along from the namespace that it has left.
    @Test(.enabled(if: geteuid() == 0 || censusMustRun, "making a network namespace needs root"))
    func socketsThatTheTargetBroughtAlong() throws {
        let (listener, pairs) = try CensusInetTests.connections(1, AF_INET6)
        let number = getpid()
        _ = try CensusChild.output(of: ["ip", "netns", "add", "psc-left-\(number)"])
        defer { _ = try? CensusChild.output(of: ["ip", "netns", "del", "psc-left-\(number)"]) }
        let descriptor = open("/run/netns/psc-left-\(number)", O_RDONLY | O_CLOEXEC)
        defer { close(descriptor) }
        let child = try CensusChild.inNamespace(descriptor) { try CensusChild(holding: [listener, pairs[0].client]) }
        var census = try SocketCensus(processID: child.processID)
        let taken = try CensusTaken(&census)
        #expect(taken.coverage.unresolvedCount == 2 && taken.end?.socket_count == 2)
        #expect(taken.sockets.allSatisfy { $0.family == 10 && $0.protocol == 6 && $0.type == 1 })
        #expect(taken.sockets.allSatisfy { $0.flags == 2 && $0.state == 0 && $0.local_port == 0 })
    }
}
