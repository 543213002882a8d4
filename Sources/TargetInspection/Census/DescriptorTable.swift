// SPDX-License-Identifier: Apache-2.0
import Glibc

/// The descriptors of a process that refer to sockets, as `/proc/PID/fd` shows them.
///
/// Keep one value and read it again: its buffers are reused.
struct DescriptorTable: Sendable {
    /// A descriptor that refers to a socket. Several may refer to the same one.
    struct Entry: Sendable, Hashable {
        var descriptor: Int32
        /// The sockfs inode number: the identity of the socket.
        var socketInode: UInt64
    }

    /// The descriptors that refer to sockets, in rising order.
    private(set) var sockets: [Entry] = []
    /// All descriptors of the process, sockets or not. One that was closed while the table was read is not counted.
    private(set) var descriptorCount: Int = 0
    /// RLIMIT_NOFILE, soft; 0: not known. At 2^32 - 1 and above: 2^32 - 1.
    private(set) var descriptorLimit: UInt32 = 0

    /// Where the descriptors were found, below `/proc/PID`: `fd`, or `task/TID/fd` when the main thread has ended.
    private(set) var directory = "fd"
    let process: CensusProcess
    private var lister = DirectoryNumbers()
    private var text: [UInt8] = []

    /// Throws `processGone` when there is no such process, `denied` when this user may not look at it.
    init(processID: Int32) throws(CensusError) {
        process = try CensusProcess(processID: processID)
    }

    /// Reads the table anew.
    ///
    /// A descriptor that vanishes meanwhile is left out. Throws `processGone` when the process exits meanwhile.
    mutating func read() throws(CensusError) {
        try read(directory: "fd")
        // The table of a main thread that ends becomes empty, at any moment, while other threads still use it.
        if process.isEnding(thread: process.processID) { try readFromAnotherThread() }
        try readLimit()
    }

    private mutating func readFromAnotherThread() throws(CensusError) {
        for thread in process.otherThreads() {
            do throws(CensusError) {
                try read(directory: "task/\(thread)/fd")
                if !process.isEnding(thread: thread) { return }
            } catch {
                if !process.isEnding(thread: thread) { throw error }
            }
        }
        throw .processGone("/proc/\(process.processID)/fd")
    }

    private mutating func read(directory path: String) throws(CensusError) {
        sockets.removeAll(keepingCapacity: true)
        descriptorCount = 0
        directory = path
        let handle = try process.open(path, flags: O_RDONLY | O_DIRECTORY)
        var (found, total, vanished) = (sockets, 0, 0)
        sockets = []
        let code = lister.list(handle) { number, name in
            switch DescriptorTable.target(of: name, in: handle.number) {
            case .socket(let inode): found.append(Entry(descriptor: number, socketInode: inode))
            case .other: break
            case .vanished: vanished += 1
            }
            total += 1
        }
        sockets = found
        descriptorCount = total - vanished
        let object = "/proc/\(process.processID)/\(path)"
        if (code != 0 || vanished > 0) && process.isGone() { throw .processGone(object, errno: code) }
        if code != 0 { throw .failed(object, errno: code) }
    }

    private enum Target { case socket(UInt64), other, vanished }

    /// What the link of one descriptor points at. Only `socket:[INODE]` matters, so longer targets may be cut off.
    private static func target(of name: UnsafePointer<CChar>, in directory: Int32) -> Target {
        withUnsafeTemporaryAllocation(byteCount: 32, alignment: 1) { link in
            guard let buffer = link.baseAddress?.assumingMemoryBound(to: CChar.self) else { return .other }
            let count = readlinkat(directory, name, buffer, link.count)
            guard count > 0 else { return Glibc.errno == ENOENT || Glibc.errno == ESRCH ? .vanished : .other }
            let text = UnsafeRawBufferPointer(rebasing: link[..<count])
            return socketInode(text).map(Target.socket) ?? .other
        }
    }

    /// The inode in `socket:[INODE]`; `nil`: the text is something else.
    static func socketInode(_ link: UnsafeRawBufferPointer) -> UInt64? {
        let prefix: StaticString = "socket:["
        let length = prefix.utf8CodeUnitCount
        guard link.count > length, link.starts(with: UnsafeRawBufferPointer(start: prefix.utf8Start, count: length))
        else { return nil }
        return DecimalText.number(UnsafeRawBufferPointer(rebasing: link[length...]), upTo: UInt8(ascii: "]"))
    }

    private mutating func readLimit() throws(CensusError) {
        try process.read("limits", into: &text)
        descriptorLimit = text.withUnsafeBytes(Self.descriptorLimit)
    }

    /// The soft limit in the text of `/proc/PID/limits`; 0: the line is missing.
    static func descriptorLimit(_ limits: UnsafeRawBufferPointer) -> UInt32 {
        let name = Array("Max open files".utf8)
        for line in limits.split(separator: UInt8(ascii: "\n")) where line.starts(with: name) {
            let value = line.dropFirst(name.count).drop { $0 == UInt8(ascii: " ") }
            if value.starts(with: "unlimited".utf8) { return .max }
            let number: UInt64? = DecimalText.number(UnsafeRawBufferPointer(rebasing: value), upTo: UInt8(ascii: " "))
            return number.map { UInt32(clamping: $0) } ?? 0
        }
        return 0
    }
}
