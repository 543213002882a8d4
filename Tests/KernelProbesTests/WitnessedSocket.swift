// SPDX-License-Identifier: Apache-2.0
import Glibc

/// What the kernel itself tells about a socket, beside BPF; and how a socket is cut off without a network of its own.
enum WitnessedSocket {
    /// The last column of its line in `/proc/self/net/udp`; `nil`: it is not there.
    static func udpDrops(inode: UInt64) -> Int? {
        guard let file = fopen("/proc/self/net/udp", "r") else { return nil }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 512)
        while fgets(&line, 512, file) != nil {
            let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            let fields = text.split(whereSeparator: \.isWhitespace)
            if fields.count >= 13, fields[9] == "\(inode)" { return Int(fields[12]) }
        }
        return nil
    }

    /// From now on the kernel drops each segment that arrives for this socket: a peer that has vanished.
    static func dropIncoming(_ descriptor: Int32) throws {
        // struct sock_filter of linux/filter.h: BPF_RET | BPF_K, keep 0 bytes. Its program: length, padding, pointer.
        var nothing: UInt64 = 0x06
        let result = withUnsafePointer(to: &nothing) { instruction in
            let program = [1, UInt(bitPattern: instruction)]
            return setsockopt(descriptor, SOL_SOCKET, SO_ATTACH_FILTER, program, socklen_t(16))
        }
        guard result == 0 else { throw WorkFailed(step: "filter") }
    }

    struct Information {
        /// tcpi_state
        var state: UInt8
        /// tcpi_total_retrans
        var total: UInt32
        /// tcpi_rto
        var timeoutMicroseconds: UInt32
    }

    static func information(_ descriptor: Int32) throws -> Information {
        var words = [UInt32](repeating: 0, count: 26)
        var length = socklen_t(words.count * 4)
        guard getsockopt(descriptor, Int32(IPPROTO_TCP), TCP_INFO, &words, &length) == 0, length == 104 else {
            throw WorkFailed(step: "TCP_INFO")
        }
        // struct tcp_info of netinet/tcp.h
        return Information(
            state: UInt8(truncatingIfNeeded: words[0]), total: words[25], timeoutMicroseconds: words[2])
    }

    /// Waits until what the other side did has arrived; at most 20 s.
    static func awaitState(_ descriptor: Int32, _ state: UInt8) throws {
        for _ in 0..<20_000 {
            if try information(descriptor).state == state { return }
            usleep(1000)
        }
        throw WorkFailed(step: "state \(state)")
    }

    /// Waits until the kernel has sent so many segments again; at most 20 s.
    static func awaitRetransmits(_ descriptor: Int32, atLeast count: Int) throws -> Information {
        for _ in 0..<2000 {
            let now = try information(descriptor)
            if now.total >= count { return now }
            usleep(10_000)
        }
        throw WorkFailed(step: "retransmits")
    }
}
