// SPDX-License-Identifier: Apache-2.0
import CLinuxDiag
import Glibc

/// Asks the kernel for all sockets of one family and protocol in a network namespace.
struct SocketDiagnosis: Sendable {
    let socket: DiagnosisSocket
    private var buffer = [UInt8](repeating: 0, count: 65_536)
    private var sequence: UInt32 = 0

    /// A dump that the kernel calls interrupted is repeated this often.
    static let attempts = 4

    init(_ socket: DiagnosisSocket) { self.socket = socket }

    /// Dumps what `request` asks for and calls `each` with the payload of every SOCK_DIAG_BY_FAMILY message.
    ///
    /// `each` may see a socket again when a dump is repeated. Returns `false` when the last attempt was interrupted too
    /// (NLM_F_DUMP_INTR: the table changed meanwhile), so that sockets may be missing. Throws `diagnosisUnavailable`
    /// when the kernel has no such dump.
    mutating func dump(
        _ request: [UInt8], of name: String, each: (UnsafeRawBufferPointer) -> Void
    ) throws(CensusError) -> Bool {
        for _ in 0..<Self.attempts {
            try send(request, of: name)
            switch receive(each) {
            case .complete: return true
            case .interrupted: continue
            case .failed(let code): throw .diagnosisUnavailable("sock_diag of \(name)", errno: code)
            }
        }
        return false
    }

    private enum Outcome { case complete, interrupted, failed(Int32) }

    private mutating func send(_ request: [UInt8], of name: String) throws(CensusError) {
        sequence &+= 1
        var header = nlmsghdr()
        header.nlmsg_len = UInt32(MemoryLayout<nlmsghdr>.size + request.count)
        header.nlmsg_type = UInt16(SOCK_DIAG_BY_FAMILY)
        header.nlmsg_flags = UInt16(NLM_F_REQUEST | NLM_F_DUMP)
        header.nlmsg_seq = sequence
        let message = withUnsafeBytes(of: header) { Array($0) } + request
        // EBUSY: the dump before this one was not read to its end; the kernel frees it once its buffer is read.
        drain()
        guard Glibc.send(socket.handle.number, message, message.count, 0) == message.count else {
            throw .diagnosisUnavailable("sock_diag of \(name)", errno: Glibc.errno)
        }
    }

    /// Throws away what an earlier, failed dump has left.
    private mutating func drain() {
        while recv(socket.handle.number, &buffer, buffer.count, Int32(MSG_DONTWAIT)) > 0 {}
    }

    private mutating func receive(_ each: (UnsafeRawBufferPointer) -> Void) -> Outcome {
        var isInterrupted = false
        while true {
            let count = receiveDatagram()
            guard count > 0 else {
                let code = Glibc.errno
                if code == EINTR { continue }
                // ENOBUFS: the kernel dropped a part of the answer; what came is not the whole table.
                return code == ENOBUFS ? .interrupted : .failed(count == 0 ? EPIPE : code)
            }
            // MSG_TRUNC makes the kernel tell the whole length. Kernels send dumps of up to 32 KiB.
            guard count <= buffer.count else {
                buffer = [UInt8](repeating: 0, count: count)
                return .interrupted
            }
            let end = buffer.withUnsafeBytes { bytes in
                Self.visit(bytes[..<count], sequence: sequence, isInterrupted: &isInterrupted, each)
            }
            if let end { return end }
        }
    }

    private mutating func receiveDatagram() -> Int {
        var sender = sockaddr_nl()
        var length = socklen_t(MemoryLayout<sockaddr_nl>.size)
        let descriptor = socket.handle.number
        let count = buffer.withUnsafeMutableBytes { bytes in
            withUnsafeMutablePointer(to: &sender) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                    recvfrom(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_TRUNC), address, &length)
                }
            }
        }
        // Only the kernel has the port 0: what another process sends here is not an answer.
        if count > 0 && sender.nl_pid != 0 {
            Glibc.errno = EINTR
            return -1
        }
        return count
    }

    /// Reads one datagram of the answer; `nil`: more is to come.
    private static func visit(
        _ datagram: Slice<UnsafeRawBufferPointer>, sequence: UInt32, isInterrupted: inout Bool,
        _ each: (UnsafeRawBufferPointer) -> Void
    ) -> Outcome? {
        var messages = NetlinkMessages(UnsafeRawBufferPointer(rebasing: datagram))
        while let message = messages.next() {
            guard message.sequence == sequence else { continue }
            if message.flags & NLM_F_DUMP_INTR != 0 { isInterrupted = true }
            switch message.type {
            case NLMSG_DONE, NLMSG_ERROR:
                // Both carry 0 or -errno first: a dump that fails after it began ends by NLMSG_DONE with its error.
                let code = message.payload.value(at: 0, as: Int32.self) ?? 0
                if code < 0 { return .failed(0 &- code) }
                return isInterrupted ? .interrupted : .complete
            case SOCK_DIAG_BY_FAMILY: each(message.payload)
            default: continue
            }
        }
        return messages.isTruncated ? .failed(EBADMSG) : nil
    }
}
