// SPDX-License-Identifier: Apache-2.0
import Glibc

/// An open file that is read in pieces. Nothing is mapped: a file that shrinks meanwhile makes a short read, no signal.
final class ExecutableFile: Sendable {
    let path: String
    let descriptor: Int32
    /// Bytes, at the time of opening.
    let size: UInt64

    init(path: String) throws(InspectionError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw .file(path, cannot: "open", errorNumber: errno) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            let number = errno
            close(descriptor)
            throw .file(path, cannot: "examine", errorNumber: number)
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw .notELF(path)
        }
        self.path = path
        self.descriptor = descriptor
        size = UInt64(clamping: status.st_size)
    }

    deinit { close(descriptor) }

    /// Exactly `count` bytes; `nil` when the file does not have them.
    func read(at offset: UInt64, count: Int) -> [UInt8]? {
        guard count >= 0, offset <= size, UInt64(count) <= size - offset, let start = Int(exactly: offset) else {
            return nil
        }
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while filled < count {
                guard let base = buffer.baseAddress else { return }
                let got = pread(descriptor, base + filled, count - filled, start + filled)
                if got < 0 && errno == EINTR { continue }
                guard got > 0 else { return }
                filled += got
            }
        }
        return bytes.count == count ? bytes : nil
    }
}
