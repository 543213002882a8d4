// SPDX-License-Identifier: Apache-2.0

/// A running process, seen from outside. It is neither stopped nor changed.
public final class TargetProcess: Sendable {
    /// As poolscope's PID namespace numbers the process.
    public let processID: Int32
    /// `/proc/PID/comm`.
    public let name: String
    /// The path as the process sees it, perhaps in a container; ` (deleted)` is taken off.
    public let executablePath: String
    /// The number of arguments, the program's name included. Arguments themselves are not kept: they may hold passwords.
    public let argumentCount: Int
    /// When the process started, in clock ticks since boot (field 22 of proc_pid_stat(5)). With the PID it is unique.
    public let startTime: UInt64
    /// The running executable, also when it was deleted or lies in a container.
    public let image: ExecutableImage
    /// Readable until the process ends or starts another program, also after privileges are dropped.
    public let memory: TargetMemory
    /// What to add to a link-time address of `image` for the address in the process.
    public let loadBias: UInt64

    let directory: ProcessDirectory

    /// Reads `/proc/PID` and the executable.
    ///
    /// - Throws: `noSuchProcess`, `notPermitted`, `processExited`, or why the executable is not usable.
    public init(processID: Int32) throws(InspectionError) {
        let directory = try ProcessDirectory(processID: processID)
        guard let status = directory.status() else { throw .processExited(processID) }
        guard status.state != "Z", status.state != "X" else { throw .zombie(processID) }
        // The kernel opens /proc/TID as well, though it lists none; the probes would never match it.
        if let leader = directory.threadGroup, leader != processID { throw .thread(processID, of: leader) }
        let link = try directory.linkTarget("exe")
        self.processID = processID
        self.directory = directory
        startTime = status.startTime
        name = try directory.readText("comm").trimmingLineEnd
        executablePath = link.withoutDeletedMark
        argumentCount = try directory.read("cmdline").count { $0 == 0 }
        memory = try TargetMemory(processDirectory: directory.descriptor, processID: processID)
        image = try ExecutableImage(path: Self.executableFile(of: processID))
        loadBias = try Self.loadBias(of: image, link: link, directory: directory)
        // The PID could have been given to another process between the first and the last look.
        guard isAlive else { throw .processExited(processID) }
        // A shell that has just forked becomes its command only now: then half of the above is about the shell.
        guard try directory.linkTarget("exe") == link else { throw .programChanged(processID) }
    }

    /// `/proc/PID/exe`: opens the running file itself, whatever its path holds now.
    public var executableFile: String { Self.executableFile(of: processID) }

    private static func executableFile(of processID: Int32) -> String { "/proc/\(processID)/exe" }

    /// `false` once the process has ended or is a zombie, also when its PID is used again.
    public var isAlive: Bool {
        guard let status = directory.status() else { return false }
        return status.startTime == startTime && status.state != "Z" && status.state != "X"
    }

    /// The address in the process of a link-time address.
    public func address(ofLinkAddress address: UInt64) -> UInt64 { address &+ loadBias }

    /// The link-time address of an address in the process. Only meaningful inside of the executable's mapping.
    public func linkAddress(of address: UInt64) -> UInt64 { address &- loadBias }

    private static func loadBias(
        of image: ExecutableImage, link: String, directory: ProcessDirectory
    ) throws(InspectionError) -> UInt64 {
        guard image.isPositionIndependent else { return 0 }
        let mappings = MemoryMapping.all(in: try directory.readText("maps"))
        let loaded = image.segments.filter(\.isLoaded)
        // By path, not by lowest address: Go's heap may lie below a position-independent executable.
        for mapping in mappings where mapping.path == link {
            if let segment = loaded.first(where: { $0.fileOffset & ~0xfff == mapping.fileOffset }) {
                return mapping.start &- segment.address & ~0xfff
            }
        }
        // Some union file systems show another path in maps than in the link: the kernel's own note of the entry
        // point (AT_ENTRY, getauxval(3)) is as good.
        let vector = ByteTable(try directory.read("auxv"))
        for offset in stride(from: 0, to: vector.count - 15, by: 16) where vector.uint64(at: offset) == 9 {
            if let entry = vector.uint64(at: offset + 8) { return entry &- image.entryAddress }
        }
        throw .corrupt(image.path, "no mapping of the process \(directory.processID) belongs to it")
    }
}

extension String {
    /// What readlink(2) of `/proc/PID/exe` adds when the file was unlinked.
    fileprivate var withoutDeletedMark: String {
        hasSuffix(" (deleted)") ? String(dropLast(" (deleted)".count)) : self
    }

    fileprivate var trimmingLineEnd: String { hasSuffix("\n") ? String(dropLast()) : self }
}
