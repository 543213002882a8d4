// SPDX-License-Identifier: Apache-2.0
import Glibc
import Testing

@testable import TargetInspection

/// Processes that end, before and while a census looks at them, and large ones.
@Suite(.timeLimit(.minutes(15))) struct CensusLifetimeTests {
    @Test func aProcessThatNeverWas() {
        let error = #expect(throws: CensusError.self) { try SocketCensus(processID: .max) }
        #expect(error?.code == .processGone && error?.errno == ENOENT)
        #expect(error?.description.contains("/proc/2147483647") == true)
    }

    @Test func aProcessThatEndedIsGoneAsZombieAndAfterwards() throws {
        let (held, _) = try CensusTestSocket.pair()
        let child = try CensusChild(holding: [held])
        var census = try SocketCensus(processID: child.processID)
        #expect(try CensusTaken(&census).sockets.map(\.socket_inode) == [held.inode])
        child.kill()
        // The zombie is there from here on: waitid leaves it.
        var information = siginfo_t()
        #expect(waitid(P_PID, id_t(child.processID), &information, WEXITED | WNOWAIT) == 0)
        for _ in 0..<2 {
            let error = #expect(throws: CensusError.self) {
                try census.take(index: 1) { _ in Issue.record("a record of a process that is gone") }
            }
            #expect(error?.code == .processGone)
            child.reap()
        }
    }

    /// Whenever the process dies, a census is whole or it is none.
    @Test func aProcessThatEndsDuringTheCensus() async throws {
        let (held, other) = try CensusTestSocket.pair()
        let listener = try CensusTestSocket(AF_INET, SOCK_STREAM)
        var wholes = 0
        for round in 0..<11 {
            let child = try CensusChild(holding: [held, other, listener], copies: 211)
            var census = try SocketCensus(processID: child.processID)
            let killer = Task.detached {
                try await Task.sleep(for: .microseconds(700 * round))
                child.kill()
            }
            while true {
                var (count, ends) = (0, 0)
                do throws(CensusError) {
                    try census.take(index: 0) { record in
                        if case .censusSocket = record { count += 1 }
                        if case .censusEnd = record { ends += 1 }
                    }
                    #expect(count == 633 && ends == 1)  // 3 x 211
                    wholes += 1
                } catch {
                    #expect(error.code == .processGone && count == 0 && ends == 0)
                    break
                }
            }
            try await killer.value
        }
        #expect(wholes > 0)
    }

    /// It gives up its table of descriptors at once and then closes them all, long before it is a zombie.
    @Test func aProcessThatIsClosingItsDescriptors() throws {
        try Self.raiseDescriptorLimit(to: 16_384)
        var sockets = try (0..<2003).map { _ in try CensusTestSocket(AF_INET, SOCK_STREAM) }
        for socket in sockets { try #require(listen(socket.descriptor, 1) == 0) }
        let child = try CensusChild(holding: sockets)
        sockets = []  // Only the child holds them now: to close them there is work.
        var census = try SocketCensus(processID: child.processID)
        #expect(try CensusTaken(&census).sockets.count == 2003)
        child.kill()
        while true {
            do throws(CensusError) {
                var count = 0
                try census.take(index: 1) { if case .censusSocket = $0 { count += 1 } }
                #expect(count == 2003)
            } catch {
                #expect(error.code == .processGone)
                break
            }
        }
    }

    @Test(arguments: [
        ("7 (a) b) S 1 7 7 0 -1 4194304 0", false), ("7 (a) R 1 7 7 0 -1 4194308 0", true),
        ("7 (a) Z 1 7 7 0 -1 4227084 0", true), ("7 (Z 4) X 1 7 7 0 -1 0 0", true), ("7 (a) S 1 7", false), ("", false),
        ("7 (a) R 1 7 7 0 -1 -4 0", false),
    ])
    func aThreadThatEndsIsFlaggedBeforeItIsAZombie(text: String, isEnding: Bool) {
        #expect(Array(text.utf8).withUnsafeBytes(CensusProcess.isEnding) == isEnding)
    }

    private static func raiseDescriptorLimit(to count: Int) throws {
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        limit.rlim_cur = max(limit.rlim_cur, min(limit.rlim_max, 65_536))
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        try #require(limit.rlim_cur > UInt(count) + 1000, "the hard limit of descriptors is too low")
    }

    @Test func tenThousandDescriptorsOfOneSocket() throws {
        let copies = 10_007
        try Self.raiseDescriptorLimit(to: copies)
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        let (held, _) = try CensusTestSocket.pair()
        let child = try CensusChild(holding: [held], copies: copies)
        var census = try SocketCensus(processID: child.processID)
        for _ in 0..<2 {
            let taken = try CensusTaken(&census)
            #expect(taken.of(held.inode).map(\.descriptor) == (0..<Int32(copies)).map { 100 + $0 })
            #expect(taken.end?.socket_count == UInt32(copies))
            #expect(taken.end?.descriptor_count == UInt32(copies) + 3)
            #expect(taken.end?.descriptor_limit == UInt32(clamping: limit.rlim_cur))
        }
    }
}
