// SPDX-License-Identifier: Apache-2.0
public import CTraceRecords

/// One record of a trace, as the kernel, the census or the file delivered it.
///
/// The payloads are the C structs of `bpf/include/trace_records.h`, which document each field with its unit. Each kind of
/// the list in `bpf/include/record_kinds.h` is a case, and stands in two `switch`es below that the compiler holds to the
/// list; all else about a kind comes from the schema.
public enum TraceRecord: Sendable {
    case socketOpen(ps_socket_open)
    case socketConnect(ps_socket_connect)
    case socketAccept(ps_socket_accept)
    case socketState(ps_socket_state)
    case socketIO(ps_socket_io)
    case socketClose(ps_socket_close)
    case descriptorOpen(ps_descriptor_open)
    case descriptorClose(ps_descriptor_close)
    case unixAddress(ps_unix_address)
    case taskExit(ps_task_exit)
    case taskFork(ps_task_fork)
    case taskExec(ps_task_exec)
    case socketRetransmit(ps_socket_retransmit)
    case socketReset(ps_socket_reset)
    case datagramDrop(ps_datagram_drop)
    case socketListen(ps_socket_listen)
    case socketOption(ps_socket_option)
    case socketBind(ps_socket_bind)
    case socketShutdown(ps_socket_shutdown)
    /// Boxed, for the same reason as a stack.
    indirect case dnsMessage(ps_dns_message)
    indirect case socketSum(ps_socket_sum)
    case datagramPeer(ps_datagram_peer)
    case poolAcquireBegin(ps_pool_acquire_begin)
    case poolAcquireEnd(ps_pool_acquire_end)
    case poolRelease(ps_pool_release)
    case poolConnectionClose(ps_pool_connection_close)
    case nameLookup(ps_name_lookup)
    case tlsHandshake(ps_tls_handshake)
    case deadline(ps_deadline)
    case censusSocket(ps_census_socket)
    case censusEnd(ps_census_end)
    case holderState(ps_holder_state)
    case poolState(ps_pool_state)
    case leaseJoin(ps_lease_join)
    case clockPair(ps_clock_pair)
    case loss(ps_loss)
    /// A user stack. Boxed: it is several times larger than every other record, and rare.
    indirect case stack(ps_stack)
    case detailChange(ps_detail_change)

    /// Reads one record from `bytes`.
    ///
    /// Returns `nil` when the kind is unknown or `bytes` has not exactly the size of its record: what comes from a ring
    /// buffer or a file is not trusted, and the caller counts what it could not read.
    public init?(kind: UInt16, bytes: UnsafeRawBufferPointer) {
        guard RecordLayout.size(of: kind) == bytes.count else { return nil }
        self.init(checkedKind: kind, bytes: bytes)
    }

    /// Reads one record of a kind and size that the caller has checked; any other is a programming error and stops the
    /// program. Makes the record in place, where the optional of the other initializer costs copies: for streams.
    public init(checkedKind kind: UInt16, bytes: UnsafeRawBufferPointer) {
        func load<T>() -> T { bytes.loadUnaligned(as: T.self) }

        switch ps_record_kind(rawValue: kind)! {
        case .socketOpen: self = .socketOpen(load())
        case .socketConnect: self = .socketConnect(load())
        case .socketAccept: self = .socketAccept(load())
        case .socketState: self = .socketState(load())
        case .socketIO: self = .socketIO(load())
        case .socketClose: self = .socketClose(load())
        case .descriptorOpen: self = .descriptorOpen(load())
        case .descriptorClose: self = .descriptorClose(load())
        case .unixAddress: self = .unixAddress(load())
        case .taskExit: self = .taskExit(load())
        case .taskFork: self = .taskFork(load())
        case .taskExec: self = .taskExec(load())
        case .socketRetransmit: self = .socketRetransmit(load())
        case .socketReset: self = .socketReset(load())
        case .datagramDrop: self = .datagramDrop(load())
        case .socketListen: self = .socketListen(load())
        case .socketOption: self = .socketOption(load())
        case .socketBind: self = .socketBind(load())
        case .socketShutdown: self = .socketShutdown(load())
        case .dnsMessage: self = .dnsMessage(load())
        case .socketSum: self = .socketSum(load())
        case .datagramPeer: self = .datagramPeer(load())
        case .poolAcquireBegin: self = .poolAcquireBegin(load())
        case .poolAcquireEnd: self = .poolAcquireEnd(load())
        case .poolRelease: self = .poolRelease(load())
        case .poolConnectionClose: self = .poolConnectionClose(load())
        case .nameLookup: self = .nameLookup(load())
        case .tlsHandshake: self = .tlsHandshake(load())
        case .deadline: self = .deadline(load())
        case .censusSocket: self = .censusSocket(load())
        case .censusEnd: self = .censusEnd(load())
        case .holderState: self = .holderState(load())
        case .poolState: self = .poolState(load())
        case .leaseJoin: self = .leaseJoin(load())
        case .clockPair: self = .clockPair(load())
        case .loss: self = .loss(load())
        case .stack: self = .stack(load())
        case .detailChange: self = .detailChange(load())
        @unknown default: preconditionFailure("record kind \(kind) was not checked")
        }
    }

    /// Calls `body` with the record's bytes: the C struct as it stands in memory.
    public func withBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
        switch self {
        case .socketOpen(let record): try withUnsafeBytes(of: record, body)
        case .socketConnect(let record): try withUnsafeBytes(of: record, body)
        case .socketAccept(let record): try withUnsafeBytes(of: record, body)
        case .socketState(let record): try withUnsafeBytes(of: record, body)
        case .socketIO(let record): try withUnsafeBytes(of: record, body)
        case .socketClose(let record): try withUnsafeBytes(of: record, body)
        case .descriptorOpen(let record): try withUnsafeBytes(of: record, body)
        case .descriptorClose(let record): try withUnsafeBytes(of: record, body)
        case .unixAddress(let record): try withUnsafeBytes(of: record, body)
        case .taskExit(let record): try withUnsafeBytes(of: record, body)
        case .taskFork(let record): try withUnsafeBytes(of: record, body)
        case .taskExec(let record): try withUnsafeBytes(of: record, body)
        case .socketRetransmit(let record): try withUnsafeBytes(of: record, body)
        case .socketReset(let record): try withUnsafeBytes(of: record, body)
        case .datagramDrop(let record): try withUnsafeBytes(of: record, body)
        case .socketListen(let record): try withUnsafeBytes(of: record, body)
        case .socketOption(let record): try withUnsafeBytes(of: record, body)
        case .socketBind(let record): try withUnsafeBytes(of: record, body)
        case .socketShutdown(let record): try withUnsafeBytes(of: record, body)
        case .dnsMessage(let record): try withUnsafeBytes(of: record, body)
        case .socketSum(let record): try withUnsafeBytes(of: record, body)
        case .datagramPeer(let record): try withUnsafeBytes(of: record, body)
        case .poolAcquireBegin(let record): try withUnsafeBytes(of: record, body)
        case .poolAcquireEnd(let record): try withUnsafeBytes(of: record, body)
        case .poolRelease(let record): try withUnsafeBytes(of: record, body)
        case .poolConnectionClose(let record): try withUnsafeBytes(of: record, body)
        case .nameLookup(let record): try withUnsafeBytes(of: record, body)
        case .tlsHandshake(let record): try withUnsafeBytes(of: record, body)
        case .deadline(let record): try withUnsafeBytes(of: record, body)
        case .censusSocket(let record): try withUnsafeBytes(of: record, body)
        case .censusEnd(let record): try withUnsafeBytes(of: record, body)
        case .holderState(let record): try withUnsafeBytes(of: record, body)
        case .poolState(let record): try withUnsafeBytes(of: record, body)
        case .leaseJoin(let record): try withUnsafeBytes(of: record, body)
        case .clockPair(let record): try withUnsafeBytes(of: record, body)
        case .loss(let record): try withUnsafeBytes(of: record, body)
        case .stack(let record): try withUnsafeBytes(of: record, body)
        case .detailChange(let record): try withUnsafeBytes(of: record, body)
        }
    }

    /// The header that every record starts with.
    public var header: ps_header {
        withBytes { $0.loadUnaligned(as: ps_header.self) }
    }
}
