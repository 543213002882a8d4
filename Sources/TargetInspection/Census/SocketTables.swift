// SPDX-License-Identifier: Apache-2.0
import CLinuxDiag
import Glibc

/// Finds the details of the target's sockets: from sock_diag where the kernel has it, else from `/proc/PID/net`.
struct SocketTables: Sendable {
    private let process: CensusProcess
    private var diagnosis: SocketDiagnosis?
    private var diagnosisFailure = ""
    /// The namespace in which `diagnosis` was opened.
    private var namespace: FileIdentity?
    /// The target's network namespace is not the one of this process.
    private var isElsewhere = false
    private var text: [UInt8] = []
    private(set) var names = UnixNames()
    /// For tests: answers of the kernel are not asked for.
    var usesDiagnosis = true

    private static let inetTables: [(name: String, family: UInt16, type: UInt16, transport: UInt16)] = [
        ("tcp", 2, 1, 6), ("tcp6", 10, 1, 6), ("udp", 2, 2, 17), ("udp6", 10, 2, 17),
    ]

    init(process: CensusProcess) { self.process = process }

    /// Asks table after table until every socket in `sockets` has its details.
    mutating func resolve(_ sockets: inout ObservedSockets, coverage: inout CensusCoverage) throws(CensusError) {
        names.removeAll()
        openDiagnosis()
        // TCP first, as pools use it most; Unix sockets next.
        for table in Self.inetTables[..<2] where sockets.unresolvedCount > 0 {
            try resolveInet(table, &sockets, &coverage)
        }
        if sockets.unresolvedCount > 0 { try resolveUnix(&sockets, &coverage) }
        for table in Self.inetTables[2...] where sockets.unresolvedCount > 0 {
            try resolveInet(table, &sockets, &coverage)
        }
        if sockets.unresolvedCount > 0 { try resolveMultipath(&sockets, &coverage) }
    }

    /// Follows the target into its network namespace, and again when it has moved to another one.
    private mutating func openDiagnosis() {
        let path = "ns/net"
        let target = process.identity(of: path)
        if diagnosis != nil && target == namespace { return }
        namespace = target
        isElsewhere = target == nil || target != Self.ownNamespace
        diagnosis = nil
        do throws(CensusError) {
            let socket = isElsewhere ? try DiagnosisSocket(namespace: process.open(path)) : try DiagnosisSocket()
            diagnosis = SocketDiagnosis(socket)
        } catch {
            diagnosisFailure = error.description
        }
    }

    private static var ownNamespace: FileIdentity? {
        var status = stat()
        guard stat("/proc/thread-self/ns/net", &status) == 0 else { return nil }
        return FileIdentity(device: status.st_dev, inode: status.st_ino)
    }

    private mutating func resolveInet(
        _ table: (name: String, family: UInt16, type: UInt16, transport: UInt16), _ sockets: inout ObservedSockets,
        _ coverage: inout CensusCoverage
    ) throws(CensusError) {
        let inet = InetDiagnosis(family: table.family, transport: table.transport)
        let failure = dump(inet.request, of: table.name, &coverage) { inet.resolve($0, into: &sockets) }
        guard let failure else { return }
        let parser = InetTable(family: table.family, type: table.type, transport: table.transport)
        try readTable(table.name, because: failure, &coverage) { parser.resolve($0, into: &sockets) }
    }

    private mutating func resolveUnix(
        _ sockets: inout ObservedSockets, _ coverage: inout CensusCoverage
    ) throws(CensusError) {
        var found = names
        names = UnixNames()
        defer { names = found }
        let failure = dump(UnixDiagnosis.request, of: "unix", &coverage) {
            UnixDiagnosis.resolve($0, into: &sockets, names: &found)
        }
        guard let failure else {
            if isElsewhere && found.hasUnseenPeers { Self.addOwnNames(to: &found) }
            return
        }
        try readTable("unix", because: failure, &coverage) {
            UnixTable.resolve($0, into: &sockets, names: &found)
        }
    }

    /// A container's client reaches a server of the host through a path that is mounted into it, so that its peer is a
    /// socket of another namespace. The host's, where the recorder runs, is worth a look.
    private static func addOwnNames(to names: inout UnixNames) {
        guard let socket = try? DiagnosisSocket() else { return }
        var (own, none) = (SocketDiagnosis(socket), ObservedSockets())
        _ = try? own.dump(UnixDiagnosis.request, of: "unix") {
            UnixDiagnosis.resolve($0, into: &none, names: &names)
        }
    }

    /// Go listens by MPTCP where the kernel has it (since 1.24). `/proc` has no table of these.
    private mutating func resolveMultipath(
        _ sockets: inout ObservedSockets, _ coverage: inout CensusCoverage
    ) throws(CensusError) {
        for family: UInt16 in [2, 10] where sockets.unresolvedCount > 0 {
            let inet = InetDiagnosis(family: family, transport: InetDiagnosis.multipathTCP)
            let failure = dump(inet.request, of: "mptcp", &coverage) { inet.resolve($0, into: &sockets) }
            if let failure { coverage.sources["mptcp"] = .unavailable(because: failure) }
        }
    }

    /// Returns `nil` when the dump was read, else why it could not be.
    private mutating func dump(
        _ request: [UInt8], of name: String, _ coverage: inout CensusCoverage, each: (UnsafeRawBufferPointer) -> Void
    ) -> String? {
        guard usesDiagnosis else { return "sock_diag is not used" }
        guard diagnosis != nil else { return diagnosisFailure }
        do throws(CensusError) {
            let isComplete = try diagnosis?.dump(request, of: name, each: each) ?? true
            if !isComplete { coverage.interruptedTables.append(name) }
            coverage.sources[name] = .diagnosis
            return nil
        } catch {
            return error.description
        }
    }

    private mutating func readTable(
        _ name: String, because reason: String, _ coverage: inout CensusCoverage, parse: (UnsafeRawBufferPointer) -> Int
    ) throws(CensusError) {
        do throws(CensusError) {
            try process.read("net/\(name)", into: &text)
            coverage.unreadableLines += text.withUnsafeBytes(parse)
            coverage.sources[name] = .procNet(because: reason)
        } catch {
            if error.code == .processGone { throw error }
            // Without IPv6 in the kernel there is no tcp6 and udp6, and no socket that they could describe.
            coverage.sources[name] = .unavailable(because: "\(reason) \(error.description)")
        }
    }
}
