// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import Glibc
import Testing
import TraceModel

@testable import TargetInspection

/// The records of one census, by kind.
struct CensusTaken {
    var sockets: [ps_census_socket] = []
    var paths: [ps_unix_address] = []
    var end: ps_census_end?
    var coverage = CensusCoverage()

    /// Takes a census of this very process.
    static func ofThisProcess(usesDiagnosis: Bool = true) throws -> CensusTaken {
        var census = try SocketCensus(processID: getpid())
        census.tables.usesDiagnosis = usesDiagnosis
        return try CensusTaken(&census)
    }

    init(_ census: inout SocketCensus, index: UInt32 = 0, isBeforeAttach: (UInt64) -> Bool = { _ in false }) throws {
        var (sockets, paths, ends): ([ps_census_socket], [ps_unix_address], [ps_census_end]) = ([], [], [])
        coverage = try census.take(index: index, isBeforeAttach: isBeforeAttach) { record in
            #expect(ends.isEmpty, "census_end is the last record")
            switch record {
            case .censusSocket(let record): sockets.append(record)
            case .unixAddress(let record): paths.append(record)
            case .censusEnd(let record): ends.append(record)
            default: Issue.record("a census has no \(record.header.kind)")
            }
        }
        (self.sockets, self.paths) = (sockets, paths)
        #expect(ends.count == 1)
        end = ends.first
    }

    func of(_ inode: UInt64) -> [ps_census_socket] { sockets.filter { $0.socket_inode == inode } }

    /// The one record of a socket that has one descriptor.
    func only(_ socket: CensusTestSocket, _ location: SourceLocation = #_sourceLocation) throws -> ps_census_socket {
        let found = of(socket.inode)
        try #require(found.count == 1, sourceLocation: location)
        #expect(found[0].descriptor == socket.descriptor, sourceLocation: location)
        return found[0]
    }

    func path(of socket: CensusTestSocket, isRemote: Bool) -> [UInt8]? {
        let found = paths.filter { $0.socket_inode == socket.inode && $0.is_remote == (isRemote ? 1 : 0) }
        #expect(found.count <= 1)
        return found.first.map { record in
            withUnsafeBytes(of: record.path) { Array($0.prefix(Int(record.path_length))) }
        }
    }
}

/// A record's address as bytes.
func censusBytes<Address>(_ address: Address) -> [UInt8] { withUnsafeBytes(of: address) { Array($0) } }

/// Whether tests of the kernel may not be skipped: what they need must be there.
let censusMustRun = getenv("POOLSCOPE_REQUIRE_KERNEL_TESTS").map { String(cString: $0) } == "1"
