// SPDX-License-Identifier: Apache-2.0
import CLinuxDiag
import CTraceRecords

extension ps_census_socket {
    /// A socket of which nothing but its inode is known.
    init(unknown inode: UInt64) {
        self.init()
        socket_inode = inode
        last_receive_age_ms = PS_AGE_UNKNOWN
        last_send_age_ms = PS_AGE_UNKNOWN
    }

    /// Takes the queues as the kernel reports them, once family, type, protocol and state are set.
    ///
    /// Of a listener both count connections (`tcp_diag_get_info`, `sk_diag_show_rqlen`): the record says 0 bytes. Of a
    /// TCP socket whose peer's FIN waits behind unread data, the kernel counts the FIN as one byte: it is taken off, as
    /// FIONREAD does (`tcp_inq`). Of UDP the kernel tells memory with its overhead, not payload.
    mutating func setQueues(receive: UInt32, send: UInt32) {
        let isUDP = self.protocol == 17
        if !isUDP && state == 10 { return }
        let hasFIN = self.protocol == 6 && (state == 8 || state == 9 || state == 11)
        receive_queue_bytes = hasFIN && receive > 0 ? receive - 1 : receive
        send_queue_bytes = send
    }

    /// Takes an address in network order: the first 4 bytes for IPv4, all 16 for IPv6.
    mutating func setLocalAddress(_ bytes: Slice<UnsafeRawBufferPointer>) {
        withUnsafeMutableBytes(of: &local_address) { $0.copyBytes(from: bytes.prefix($0.count)) }
    }

    mutating func setRemoteAddress(_ bytes: Slice<UnsafeRawBufferPointer>) {
        withUnsafeMutableBytes(of: &remote_address) { $0.copyBytes(from: bytes.prefix($0.count)) }
    }

    /// Takes what a TCP socket waits for. An expiry that is past already is 0: the kernel prints it as a huge number.
    mutating func setTimer(_ message: inet_diag_msg) {
        timer = UInt16(message.idiag_timer)
        timer_retries = UInt16(message.idiag_retrans)
        timer_expires_ms = timer == 0 || Int32(bitPattern: message.idiag_expires) < 0 ? 0 : message.idiag_expires
    }

    /// Takes the words of INET_DIAG_SKMEMINFO: `sk_get_meminfo` in net/core/sock.c. Those that are missing stay.
    mutating func setMemory(_ words: UnsafeRawBufferPointer) {
        func word(_ index: Int) -> UInt32? { words.value(at: index * 4, as: UInt32.self) }
        receive_memory_bytes = word(SK_MEMINFO_RMEM_ALLOC) ?? receive_memory_bytes
        receive_buffer_bytes = word(SK_MEMINFO_RCVBUF) ?? receive_buffer_bytes
        send_buffer_bytes = word(SK_MEMINFO_SNDBUF) ?? send_buffer_bytes
        drops = word(SK_MEMINFO_DROPS) ?? drops
    }
}
