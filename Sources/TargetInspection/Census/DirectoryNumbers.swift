// SPDX-License-Identifier: Apache-2.0
import CLinuxDiag
import Glibc

/// Lists the entries of a directory that are numbers, as `/proc/PID/fd` and `/proc/PID/task` have them.
///
/// Calls getdents64(2) itself: readdir(3) allocates a stream per directory and reads 32 KiB at a time.
struct DirectoryNumbers: Sendable {
    private var buffer = [UInt8](repeating: 0, count: 65_536)

    /// Calls `each` for every entry with its number and its name (zero-terminated, valid during the call).
    ///
    /// Returns 0, or the error number at which the listing ended early.
    mutating func list(_ directory: CensusHandle, each: (Int32, UnsafePointer<CChar>) -> Void) -> Int32 {
        buffer.withUnsafeMutableBytes { bytes in
            while true {
                let count = getdents64(directory.number, bytes.baseAddress, bytes.count)
                if count == 0 { return 0 }
                guard count > 0 else {
                    if Glibc.errno == EINTR { continue }
                    return Glibc.errno
                }
                Self.visit(UnsafeRawBufferPointer(rebasing: bytes[..<count]), each)
            }
        }
    }

    static func read(_ directory: CensusHandle) -> [Int32] {
        var lister = DirectoryNumbers()
        var numbers: [Int32] = []
        _ = lister.list(directory) { number, _ in numbers.append(number) }
        return numbers
    }

    /// `struct linux_dirent64`: inode (8 bytes), offset (8), record length (2), type (1), name.
    private static func visit(_ entries: UnsafeRawBufferPointer, _ each: (Int32, UnsafePointer<CChar>) -> Void) {
        let nameOffset = 19
        var offset = 0
        while entries.count - offset > nameOffset, let base = entries.baseAddress {
            let length = Int(entries.loadUnaligned(fromByteOffset: offset + 16, as: UInt16.self))
            guard length > nameOffset, length <= entries.count - offset else { return }
            let name = UnsafeRawBufferPointer(rebasing: entries[(offset + nameOffset)..<(offset + length)])
            if let number: Int32 = DecimalText.number(name, upTo: 0) {
                each(number, (base + offset + nameOffset).assumingMemoryBound(to: CChar.self))
            }
            offset += length
        }
    }
}
