// SPDX-License-Identifier: Apache-2.0
import Glibc

/// A file read through one buffer. Not mapped: a file that shrinks, or a bad disk, would end the process by SIGBUS.
final class InputFile {
    let path: String
    /// Bytes when it was opened: a trace that still grows is read up to here.
    let size: UInt64
    private let descriptor: Int32
    private var buffer: UnsafeMutableRawBufferPointer
    private var bufferStart: UInt64 = 0
    private var bufferCount = 0

    private static let windowSize = 256 << 10

    init(path: String) throws(TraceFileError) {
        self.path = path
        // O_NONBLOCK: opening a pipe must not wait for its writer.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        if descriptor < 0 { throw .cannotOpen(path, errno) }
        var status = stat()
        if fstat(descriptor, &status) != 0 {
            let number = errno
            close(descriptor)
            throw .cannotOpen(path, number)
        }
        let type = status.st_mode & S_IFMT
        guard type == S_IFREG else {
            close(descriptor)
            throw type == S_IFDIR ? .isDirectory(path) : .notRegular(path)
        }
        self.descriptor = descriptor
        size = UInt64(max(0, status.st_size))
        buffer = .allocate(byteCount: Self.windowSize, alignment: 16)
    }

    deinit {
        close(descriptor)
        buffer.deallocate()
    }

    /// The bytes from `offset`, at most `count`; fewer at the end of the file. Valid until the next call.
    func bytes(at offset: UInt64, count: Int) throws(TraceFileError) -> UnsafeRawBufferPointer {
        guard offset < size else { return UnsafeRawBufferPointer(start: nil, count: 0) }
        let wanted = Int(min(UInt64(max(0, count)), size - offset))
        if offset < bufferStart || offset + UInt64(wanted) > bufferStart + UInt64(bufferCount) {
            try fill(from: offset, atLeast: wanted)
        }
        let start = Int(offset - bufferStart)
        let end = min(start + wanted, bufferCount)
        return UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(buffer)[start..<max(start, end)])
    }

    private func fill(from offset: UInt64, atLeast wanted: Int) throws(TraceFileError) {
        if buffer.count < wanted {
            buffer.deallocate()
            buffer = .allocate(byteCount: wanted, alignment: 16)
        }
        bufferStart = offset
        bufferCount = 0
        while bufferCount < wanted {
            guard let base = buffer.baseAddress else { return }
            let position = off_t(offset) + off_t(bufferCount)
            let count = pread(descriptor, base + bufferCount, buffer.count - bufferCount, position)
            if count < 0 {
                if errno == EINTR { continue }
                throw .readFailed(path, errno)
            }
            // The file has shrunk since it was opened.
            if count == 0 { return }
            bufferCount += count
        }
    }
}
