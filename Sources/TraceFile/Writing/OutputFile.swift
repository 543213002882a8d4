// SPDX-License-Identifier: Apache-2.0
import CSystemCalls
import Glibc

/// A file that grows by whole pieces: a piece is there entirely or not at all.
final class OutputFile {
    let path: String
    /// Bytes of whole pieces.
    private(set) var size: UInt64 = 0
    private var descriptor: Int32
    private var reserve: (offset: off_t, size: off_t)?
    private var isDiscarding = false

    /// Far beyond any trace, so that the reserve is not used up by the pieces themselves.
    private static let reserveOffset: off_t = 1 << 40

    /// Creates the file, mode 0600, and never follows a link at `path`.
    init(creating path: String, replaceExisting: Bool) throws(TraceFileError) {
        self.path = path
        if replaceExisting { try Self.removeOwnFile(path) }
        descriptor = open(path, O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC | O_WRONLY, 0o600)
        if descriptor < 0 { throw Self.refusal(path, errno) }
    }

    private init(null path: String) throws(TraceFileError) {
        self.path = path
        isDiscarding = true
        descriptor = open(path, O_WRONLY | O_CLOEXEC)
        if descriptor < 0 { throw .cannotCreate(path, errno) }
    }

    /// A file that keeps nothing.
    static func discarding() throws(TraceFileError) -> OutputFile { try OutputFile(null: "/dev/null") }

    deinit { close() }

    /// Keeps `bytes` of the disk back for what must be written when it is full. Without effect where the file system
    /// cannot.
    func reserve(bytes: Int) {
        guard bytes > 0 else { return }
        let size = off_t(bytes)
        if ps_fallocate(descriptor, FALLOC_FL_KEEP_SIZE, Self.reserveOffset, size) == 0 {
            reserve = (Self.reserveOffset, size)
        }
    }

    func releaseReserve() {
        guard let reserve else { return }
        _ = ps_fallocate(descriptor, FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE, reserve.offset, reserve.size)
        self.reserve = nil
    }

    /// Appends one piece. On failure the file is cut back to the pieces before, and the error number is returned.
    func append(_ bytes: UnsafeRawBufferPointer) -> Int32 {
        var done = 0
        while done < bytes.count {
            guard let start = bytes.baseAddress else { break }
            let count = pwrite(descriptor, start + done, bytes.count - done, off_t(size) + off_t(done))
            if count < 0 && errno == EINTR { continue }
            if count <= 0 {
                let number = count == 0 ? ENOSPC : errno
                // A tail that cannot be cut is overwritten by the next piece, or read as a truncated block.
                _ = ftruncate(descriptor, off_t(size))
                return number
            }
            done += count
        }
        size += UInt64(done)
        return 0
    }

    /// Removes the file, unless another has taken its name.
    func remove() {
        var (own, named) = (stat(), stat())
        guard fstat(descriptor, &own) == 0, lstat(path, &named) == 0, own.st_ino == named.st_ino,
            own.st_dev == named.st_dev
        else { return }
        unlink(path)
    }

    /// Waits until the file is on the disk. Returns an error number; 0: done.
    func synchronize() -> Int32 { isDiscarding || fsync(descriptor) == 0 ? 0 : errno }

    func close() {
        guard descriptor >= 0 else { return }
        releaseReserve()
        _ = Glibc.close(descriptor)
        descriptor = -1
    }

    /// Whether `init(creating:replaceExisting:)` would work, as far as can be told without a change.
    static func check(_ path: String, replaceExisting: Bool) throws(TraceFileError) {
        var status = stat()
        if lstat(path, &status) == 0 {
            guard replaceExisting else { throw refusal(path, EEXIST) }
            try checkOwnFile(path, status)
        }
        let folder = folder(of: path)
        guard stat(folder, &status) == 0 else { throw .cannotCreate(path, errno) }
        guard status.st_mode & S_IFMT == S_IFDIR else { throw .cannotCreate(path, ENOTDIR) }
        if faccessat(AT_FDCWD, folder, W_OK | X_OK, AT_EACCESS) != 0 { throw .cannotCreate(path, errno) }
    }

    private static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    private static func checkOwnFile(_ path: String, _ status: stat) throws(TraceFileError) {
        guard status.st_mode & S_IFMT == S_IFREG else { throw refusal(path, EEXIST) }
        guard status.st_uid == geteuid() else { throw .notOwned(path) }
    }

    private static func removeOwnFile(_ path: String) throws(TraceFileError) {
        var status = stat()
        guard lstat(path, &status) == 0 else { return }
        try checkOwnFile(path, status)
        if unlink(path) != 0 && errno != ENOENT { throw .cannotCreate(path, errno) }
    }

    private static func refusal(_ path: String, _ number: Int32) -> TraceFileError {
        var status = stat()
        guard number == EEXIST || number == ELOOP, lstat(path, &status) == 0 else { return .cannotCreate(path, number) }
        return switch status.st_mode & S_IFMT {
        case S_IFREG: .exists(path)
        case S_IFLNK: .isLink(path)
        case let type: .notReplaceable(path, isDirectory: type == S_IFDIR)
        }
    }
}
