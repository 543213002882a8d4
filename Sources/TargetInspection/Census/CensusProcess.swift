// SPDX-License-Identifier: Apache-2.0
import Glibc

/// One process, held by its open `/proc/PID` directory.
///
/// The directory belongs to that process for good: after its exit every look-up fails, also when the kernel has given
/// its number to another process (fs/proc/base.c, `proc_pid_lookup` binds the inode to a `struct pid`).
struct CensusProcess: Sendable {
    let processID: Int32
    private let directory: CensusHandle

    init(processID: Int32) throws(CensusError) {
        let path = "/proc/\(processID)"
        let number = Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard number >= 0 else {
            let code = Glibc.errno
            throw code == ENOENT ? .processGone(path, errno: code) : .failed(path, errno: code)
        }
        self.processID = processID
        directory = CensusHandle(owning: number)
    }

    /// A path by which the kernel finds `path` of this very process.
    func stablePath(_ path: String) -> String { "/proc/self/fd/\(directory.number)/\(path)" }

    /// Opens a file or directory below `/proc/PID`.
    func open(_ path: String, flags: Int32 = O_RDONLY) throws(CensusError) -> CensusHandle {
        let number = openat(directory.number, path, flags | O_CLOEXEC)
        guard number < 0 else { return CensusHandle(owning: number) }
        let code = Glibc.errno
        let object = "/proc/\(processID)/\(path)"
        throw code == ESRCH || isGone() ? .processGone(object, errno: code) : .failed(object, errno: code)
    }

    /// Reads a whole file below `/proc/PID` into `buffer`, whose capacity is kept for the next time.
    func read(_ path: String, into buffer: inout [UInt8]) throws(CensusError) {
        let file = try open(path)
        var used = 0
        if buffer.count < 16_384 { buffer = [UInt8](repeating: 0, count: 16_384) }
        while true {
            if used == buffer.count { buffer.append(contentsOf: repeatElement(0, count: buffer.count)) }
            let count = buffer.withUnsafeMutableBytes { bytes in
                Glibc.read(file.number, bytes.baseAddress.map { $0 + used }, bytes.count - used)
            }
            if count < 0 {
                let code = Glibc.errno
                if code == EINTR { continue }
                let object = "/proc/\(processID)/\(path)"
                throw code == ESRCH ? .processGone(object, errno: code) : .failed(object, errno: code)
            }
            if count == 0 { break }
            used += count
        }
        buffer.removeSubrange(used...)
    }

    /// Whether the process has ended, or is about to: none of its threads goes on.
    func isGone() -> Bool { isEnding(thread: processID) && otherThreads().allSatisfy(isEnding) }

    /// Whether a thread has ended or is ending. It has given up its descriptors, or will before anything else runs in it.
    func isEnding(thread: Int32) -> Bool {
        var text = [UInt8](repeating: 0, count: 1024)
        let number = openat(directory.number, "task/\(thread)/stat", O_RDONLY | O_CLOEXEC)
        guard number >= 0 else { return Glibc.errno != EMFILE && Glibc.errno != ENFILE }
        let file = CensusHandle(owning: number)
        let count = Glibc.read(file.number, &text, text.count)
        guard count > 0 else { return true }
        return text.withUnsafeBytes { Self.isEnding(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
    }

    /// Whether the text of a `stat` file (proc(5)) is that of a thread that ended or is ending.
    ///
    /// Between giving up its descriptors and becoming a zombie a thread closes them, which takes seconds when there are
    /// many; PF_EXITING is set before (kernel/exit.c, `do_exit`), while the state is still that of a running one.
    static func isEnding(_ stat: UnsafeRawBufferPointer) -> Bool {
        // The name before the state may itself hold parentheses: the last one ends it.
        guard let nameEnd = stat.lastIndex(of: UInt8(ascii: ")")) else { return false }
        let fields = stat[(nameEnd + 1)...].split(separator: UInt8(ascii: " "), maxSplits: 7)
        guard fields.count == 8, let state = fields[0].first else { return false }
        if state == UInt8(ascii: "Z") || state == UInt8(ascii: "X") { return true }
        let exiting: UInt32 = 0x4  // PF_EXITING, include/linux/sched.h
        return UInt32(String(decoding: fields[6], as: UTF8.self)).map { $0 & exiting != 0 } ?? false
    }

    /// The IDs of the threads other than the main one.
    func otherThreads() -> [Int32] {
        guard let tasks = try? DirectoryNumbers.read(open("task", flags: O_RDONLY | O_DIRECTORY)) else { return [] }
        return tasks.filter { $0 != processID }
    }

    /// The device and inode of a file below `/proc/PID`, such as a namespace; `nil`: it cannot be looked at.
    func identity(of path: String) -> FileIdentity? {
        var status = stat()
        guard fstatat(directory.number, path, &status, 0) == 0 else { return nil }
        return FileIdentity(device: status.st_dev, inode: status.st_ino)
    }
}

/// What makes a file, or a namespace, the same as another.
struct FileIdentity: Equatable, Sendable {
    var device: UInt
    var inode: UInt
}
