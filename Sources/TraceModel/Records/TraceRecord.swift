// SPDX-License-Identifier: Apache-2.0
public import CTraceRecords

/// One record of a trace, as the kernel, the census or the file delivered it.
///
/// The payloads are the C structs of `bpf/include/trace_records.h`, which document each field with its unit.
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
        // Straight into `self`: an optional on the way would copy the largest record several times.
        func fits<T>(_ type: T.Type) -> Bool { bytes.count == MemoryLayout<T>.size }
        func load<T>() -> T { bytes.loadUnaligned(as: T.self) }

        switch ps_record_kind(rawValue: kind) {
        case .socket_open where fits(ps_socket_open.self): self = .socketOpen(load())
        case .socket_connect where fits(ps_socket_connect.self): self = .socketConnect(load())
        case .socket_accept where fits(ps_socket_accept.self): self = .socketAccept(load())
        case .socket_state where fits(ps_socket_state.self): self = .socketState(load())
        case .socket_io where fits(ps_socket_io.self): self = .socketIO(load())
        case .socket_close where fits(ps_socket_close.self): self = .socketClose(load())
        case .descriptor_open where fits(ps_descriptor_open.self): self = .descriptorOpen(load())
        case .descriptor_close where fits(ps_descriptor_close.self): self = .descriptorClose(load())
        case .unix_address where fits(ps_unix_address.self): self = .unixAddress(load())
        case .task_exit where fits(ps_task_exit.self): self = .taskExit(load())
        case .task_fork where fits(ps_task_fork.self): self = .taskFork(load())
        case .task_exec where fits(ps_task_exec.self): self = .taskExec(load())
        case .socket_retransmit where fits(ps_socket_retransmit.self): self = .socketRetransmit(load())
        case .socket_reset where fits(ps_socket_reset.self): self = .socketReset(load())
        case .datagram_drop where fits(ps_datagram_drop.self): self = .datagramDrop(load())
        case .socket_listen where fits(ps_socket_listen.self): self = .socketListen(load())
        case .socket_option where fits(ps_socket_option.self): self = .socketOption(load())
        case .socket_bind where fits(ps_socket_bind.self): self = .socketBind(load())
        case .socket_shutdown where fits(ps_socket_shutdown.self): self = .socketShutdown(load())
        case .dns_message where fits(ps_dns_message.self): self = .dnsMessage(load())
        case .socket_sum where fits(ps_socket_sum.self): self = .socketSum(load())
        case .datagram_peer where fits(ps_datagram_peer.self): self = .datagramPeer(load())
        case .pool_acquire_begin where fits(ps_pool_acquire_begin.self): self = .poolAcquireBegin(load())
        case .pool_acquire_end where fits(ps_pool_acquire_end.self): self = .poolAcquireEnd(load())
        case .pool_release where fits(ps_pool_release.self): self = .poolRelease(load())
        case .pool_connection_close where fits(ps_pool_connection_close.self): self = .poolConnectionClose(load())
        case .name_lookup where fits(ps_name_lookup.self): self = .nameLookup(load())
        case .tls_handshake where fits(ps_tls_handshake.self): self = .tlsHandshake(load())
        case .deadline where fits(ps_deadline.self): self = .deadline(load())
        case .census_socket where fits(ps_census_socket.self): self = .censusSocket(load())
        case .census_end where fits(ps_census_end.self): self = .censusEnd(load())
        case .holder_state where fits(ps_holder_state.self): self = .holderState(load())
        case .pool_state where fits(ps_pool_state.self): self = .poolState(load())
        case .lease_join where fits(ps_lease_join.self): self = .leaseJoin(load())
        case .clock_pair where fits(ps_clock_pair.self): self = .clockPair(load())
        case .loss where fits(ps_loss.self): self = .loss(load())
        case .stack where fits(ps_stack.self): self = .stack(load())
        case .detail_change where fits(ps_detail_change.self): self = .detailChange(load())
        default: return nil
        }
    }

    /// Reads one record of a kind and size that the caller has checked; any other is a programming error and stops the
    /// program. Makes the record in place, where the optional of the other initializer costs copies: for streams.
    public init(checkedKind kind: UInt16, bytes: UnsafeRawBufferPointer) {
        func load<T>() -> T { bytes.loadUnaligned(as: T.self) }

        switch ps_record_kind(rawValue: kind) {
        case .socket_open: self = .socketOpen(load())
        case .socket_connect: self = .socketConnect(load())
        case .socket_accept: self = .socketAccept(load())
        case .socket_state: self = .socketState(load())
        case .socket_io: self = .socketIO(load())
        case .socket_close: self = .socketClose(load())
        case .descriptor_open: self = .descriptorOpen(load())
        case .descriptor_close: self = .descriptorClose(load())
        case .unix_address: self = .unixAddress(load())
        case .task_exit: self = .taskExit(load())
        case .task_fork: self = .taskFork(load())
        case .task_exec: self = .taskExec(load())
        case .socket_retransmit: self = .socketRetransmit(load())
        case .socket_reset: self = .socketReset(load())
        case .datagram_drop: self = .datagramDrop(load())
        case .socket_listen: self = .socketListen(load())
        case .socket_option: self = .socketOption(load())
        case .socket_bind: self = .socketBind(load())
        case .socket_shutdown: self = .socketShutdown(load())
        case .dns_message: self = .dnsMessage(load())
        case .socket_sum: self = .socketSum(load())
        case .datagram_peer: self = .datagramPeer(load())
        case .pool_acquire_begin: self = .poolAcquireBegin(load())
        case .pool_acquire_end: self = .poolAcquireEnd(load())
        case .pool_release: self = .poolRelease(load())
        case .pool_connection_close: self = .poolConnectionClose(load())
        case .name_lookup: self = .nameLookup(load())
        case .tls_handshake: self = .tlsHandshake(load())
        case .deadline: self = .deadline(load())
        case .census_socket: self = .censusSocket(load())
        case .census_end: self = .censusEnd(load())
        case .holder_state: self = .holderState(load())
        case .pool_state: self = .poolState(load())
        case .lease_join: self = .leaseJoin(load())
        case .clock_pair: self = .clockPair(load())
        case .loss: self = .loss(load())
        case .stack: self = .stack(load())
        case .detail_change: self = .detailChange(load())
        default: preconditionFailure("record kind \(kind) was not checked")
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
