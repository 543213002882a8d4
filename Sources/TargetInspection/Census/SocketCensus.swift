// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import Glibc
public import TraceModel

/// Lists the sockets of a running process, read-only, as records of a trace.
///
/// Take it once after the probes are armed, and again every few seconds: a leak is an absence of events, so that a
/// socket is still open must be in the trace. Keep one value; its buffers and its socket to the kernel are reused. It
/// is of one process for good: when the process ends, also if its number is given to another, it throws `processGone`.
///
/// A value may move between threads, but two copies must not take a census at once: they share a netlink socket.
public struct SocketCensus: Sendable {
    /// The process as the recorder's PID namespace numbers it.
    public let processID: Int32

    private var table: DescriptorTable
    var tables: SocketTables
    private var sockets = ObservedSockets()
    private var slots: [Int] = []
    private var announced: [UInt64: AnnouncedPaths] = [:]

    /// Throws `processGone` when there is no such process, `denied` when this user may not look at it.
    public init(processID: Int32) throws(CensusError) {
        self.processID = processID
        table = try DescriptorTable(processID: processID)
        tables = SocketTables(process: table.process)
    }

    /// Takes a census and gives its records to `sink`: one `census_socket` per descriptor that refers to a socket, a
    /// `unix_address` for every name that is new or has changed since the last census, and `census_end`.
    ///
    /// All but `census_end` carry the moment at which the census began: what the kernel reports after that moment is
    /// newer than what the census says. Either all records are given, or none and an error is thrown. Sockets in
    /// another network namespace than the target's are listed without details.
    ///
    /// - Parameters:
    ///   - index: `census_index` of the records.
    ///   - isBeforeAttach: whether the socket with this inode was there before the probes (PS_CENSUS_BEFORE_ATTACH).
    ///   - sink: takes the records, in the order above.
    /// - Throws: `processGone`, `denied`, `unreadable`.
    @discardableResult
    public mutating func take(
        index: UInt32, isBeforeAttach: (_ socketInode: UInt64) -> Bool = { _ in false }, sink: (TraceRecord) -> Void
    ) throws(CensusError) -> CensusCoverage {
        let started = Self.monotonicNanoseconds()
        try table.read()
        var coverage = CensusCoverage(
            socketCount: table.sockets.count, descriptorCount: table.descriptorCount,
            descriptorLimit: table.descriptorLimit)
        sockets.begin(table.sockets, slots: &slots)
        try tables.resolve(&sockets, coverage: &coverage)
        coverage.unresolvedCount = sockets.unresolvedCount
        if sockets.unresolvedCount > 0 { nameUnresolved() }
        // A process that exits under the census gives its sockets back one after the other: the rest is not "open".
        if table.process.isGone() { throw .processGone("/proc/\(processID)") }

        emitSockets(header(.censusSocket, started), index: index, isBeforeAttach, sink)
        emitNames(header(.unixAddress, started), sink)
        var end = ps_census_end()
        end.header = header(.censusEnd, Self.monotonicNanoseconds())
        end.started_ns = started
        end.census_index = index
        end.socket_count = UInt32(clamping: table.sockets.count)
        end.descriptor_count = UInt32(clamping: table.descriptorCount)
        end.descriptor_limit = table.descriptorLimit
        sink(.censusEnd(end))
        return coverage
    }

    private mutating func nameUnresolved() {
        let directory = table.directory
        for (position, index) in slots.enumerated() where !sockets.isResolved(at: index) {
            let path = table.process.stablePath("\(directory)/\(table.sockets[position].descriptor)")
            if let kind = SocketProtocolName(path: path) { sockets.setKind(at: index, kind) }
        }
    }

    private func emitSockets(
        _ header: ps_header, index census: UInt32, _ isBeforeAttach: (UInt64) -> Bool, _ sink: (TraceRecord) -> Void
    ) {
        for (position, index) in slots.enumerated() {
            var record = sockets.records[index]
            record.header = header
            record.descriptor = table.sockets[position].descriptor
            record.census_index = census
            if !sockets.isResolved(at: index) { record.flags |= PS_CENSUS_DETAILS_UNKNOWN }
            if isBeforeAttach(record.socket_inode) { record.flags |= PS_CENSUS_BEFORE_ATTACH }
            sink(.censusSocket(record))
        }
    }

    private mutating func emitNames(_ header: ps_header, _ sink: (TraceRecord) -> Void) {
        for record in sockets.records where record.family == UInt16(AF_UNIX) {
            let inode = record.socket_inode
            if let name = tables.names.remoteName(of: inode), announced[inode]?.remote.elementsEqual(name) != true {
                announced[inode, default: AnnouncedPaths()].remote = Array(name)
                sink(.unixAddress(ps_unix_address(header, inode, path: name, isRemote: true)))
            }
            if let name = tables.names.localName(of: inode), announced[inode]?.local.elementsEqual(name) != true {
                announced[inode, default: AnnouncedPaths()].local = Array(name)
                sink(.unixAddress(ps_unix_address(header, inode, path: name, isRemote: false)))
            }
        }
        // An inode number comes back in time: what it once meant must not hide the new socket's names.
        for inode in announced.keys where !sockets.contains(inode) { announced[inode] = nil }
    }

    /// The names that the records have told of a socket; empty: none.
    private struct AnnouncedPaths: Sendable {
        var local: [UInt8] = []
        var remote: [UInt8] = []
    }

    private func header(_ kind: RecordKind, _ nanoseconds: UInt64) -> ps_header {
        var header = ps_header()
        header.timestamp_ns = nanoseconds
        header.process_id = UInt32(bitPattern: processID)
        header.kind = kind.rawValue
        return header
    }

    private static func monotonicNanoseconds() -> UInt64 {
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        return UInt64(now.tv_sec) &* 1_000_000_000 &+ UInt64(now.tv_nsec)
    }
}

extension ps_unix_address {
    /// A path that is longer than the record has room for is cut off; `path_length` says what is there.
    fileprivate init(_ header: ps_header, _ inode: UInt64, path name: ArraySlice<UInt8>, isRemote: Bool) {
        self.init()
        self.header = header
        socket_inode = inode
        let kept = name.prefix(Int(PS_UNIX_PATH_SIZE))
        path_length = UInt16(kept.count)
        is_remote = isRemote ? 1 : 0
        withUnsafeMutableBytes(of: &path) { $0.copyBytes(from: kept) }
    }
}
