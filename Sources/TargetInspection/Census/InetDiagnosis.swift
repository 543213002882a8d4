// SPDX-License-Identifier: Apache-2.0
import CLinuxDiag
import CTraceRecords
import Glibc

/// The dump of TCP, UDP or MPTCP sockets: its request, and how an answer becomes a census record.
struct InetDiagnosis {
    let family: UInt16
    let transport: UInt16

    /// IPPROTO_MPTCP does not fit the request's 8 bits, and goes with it as an attribute (net/ipv4/inet_diag.c).
    static let multipathTCP: UInt16 = 262

    private static let timeWait: UInt32 = 6
    private static let newSynReceived: UInt32 = 12
    /// States of TCP in which no data can have flowed: `tcp_info` has no ages of data then.
    private static let statesWithoutData: [UInt16] = [2, 7, 10]

    /// A dump of all states in which a socket can belong to a descriptor.
    var request: [UInt8] {
        var request = inet_diag_req_v2()
        request.sdiag_family = UInt8(truncatingIfNeeded: family)
        let isExtended = transport > UInt16(UInt8.max)
        request.sdiag_protocol = isExtended ? UInt8(IPPROTO_RAW) : UInt8(transport)
        request.idiag_ext = 1 << (UInt8(INET_DIAG_INFO) - 1) | 1 << (UInt8(INET_DIAG_SKMEMINFO) - 1)
        request.idiag_states = ~(1 << Self.timeWait | 1 << Self.newSynReceived)
        let bytes = withUnsafeBytes(of: request) { Array($0) }
        return isExtended ? bytes + Self.attribute(UInt16(INET_DIAG_REQ_PROTOCOL), UInt32(transport)) : bytes
    }

    private static func attribute(_ type: UInt16, _ value: UInt32) -> [UInt8] {
        let header = nlattr(nla_len: 8, nla_type: type)
        return withUnsafeBytes(of: header) { Array($0) } + withUnsafeBytes(of: value) { Array($0) }
    }

    /// The socket that `payload` describes goes into `sockets`, when the target holds it. Too short a payload is left.
    func resolve(_ payload: UnsafeRawBufferPointer, into sockets: inout ObservedSockets) {
        guard let message = payload.value(at: 0, as: inet_diag_msg.self), message.idiag_inode != 0 else { return }
        sockets.resolve(UInt64(message.idiag_inode)) { record in
            let endpoint = message.id
            record.family = UInt16(message.idiag_family)
            record.protocol = transport
            let isDatagram = transport == UInt16(IPPROTO_UDP)
            record.type = UInt16(isDatagram ? SOCK_DGRAM.rawValue : SOCK_STREAM.rawValue)
            record.state = UInt16(message.idiag_state)
            record.local_port = UInt16(bigEndian: endpoint.idiag_sport)
            record.remote_port = UInt16(bigEndian: endpoint.idiag_dport)
            let size = record.family == UInt16(AF_INET) ? 4 : 16
            withUnsafeBytes(of: endpoint.idiag_src) { record.setLocalAddress($0.prefix(size)) }
            withUnsafeBytes(of: endpoint.idiag_dst) { record.setRemoteAddress($0.prefix(size)) }
            record.setQueues(receive: message.idiag_rqueue, send: message.idiag_wqueue)
            let isTCP = transport == UInt16(IPPROTO_TCP)
            if isTCP { record.setTimer(message) }
            for (type, value) in NetlinkAttributes(payload, after: MemoryLayout<inet_diag_msg>.size) {
                if type == Int(INET_DIAG_INFO), isTCP { Self.addInfo(value, to: &record) }
                if type == Int(INET_DIAG_SKMEMINFO) { record.setMemory(value) }
            }
        }
    }

    /// `tcp_info` has only ever grown at its end; glibc's struct is its part up to `tcpi_total_retrans`.
    private static func addInfo(_ info: UnsafeRawBufferPointer, to record: inout ps_census_socket) {
        func read(_ offset: Int?) -> UInt32? { offset.flatMap { info.value(at: $0, as: UInt32.self) } }
        record.round_trip_us = read(roundTrip) ?? 0
        record.round_trip_variation_us = read(variation) ?? 0
        record.retransmit_timeout_us = read(timeout) ?? 0
        record.retransmits = read(retransmits) ?? 0
        record.segments_sent = read(segmentsSent) ?? 0
        record.data_segments_sent = read(dataSegmentsSent) ?? 0
        if statesWithoutData.contains(record.state) { return }
        record.last_receive_age_ms = read(lastReceive) ?? PS_AGE_UNKNOWN
        record.last_send_age_ms = read(lastSend) ?? PS_AGE_UNKNOWN
    }

    // Swift cannot load the struct as a whole: it has bit fields.
    private static let roundTrip = MemoryLayout<tcp_info>.offset(of: \.tcpi_rtt)
    private static let variation = MemoryLayout<tcp_info>.offset(of: \.tcpi_rttvar)
    private static let timeout = MemoryLayout<tcp_info>.offset(of: \.tcpi_rto)
    private static let retransmits = MemoryLayout<tcp_info>.offset(of: \.tcpi_total_retrans)
    private static let lastReceive = MemoryLayout<tcp_info>.offset(of: \.tcpi_last_data_recv)
    private static let lastSend = MemoryLayout<tcp_info>.offset(of: \.tcpi_last_data_sent)
    // Beyond glibc's part, in include/uapi/linux/tcp.h: tcpi_segs_out (Linux 4.2) and tcpi_data_segs_out (4.6).
    private static let segmentsSent = 136
    private static let dataSegmentsSent = 156
}
