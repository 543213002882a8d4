// SPDX-License-Identifier: Apache-2.0

/// One line of `/proc/PID/maps`.
struct MemoryMapping: Equatable {
    let start: UInt64
    let end: UInt64
    let isExecutable: Bool
    let fileOffset: UInt64
    let inode: UInt64
    /// As the kernel writes it: ` (deleted)` may follow the path; empty: anonymous.
    let path: String

    /// `55d0a8c6d000-55d0a8c6f000 r--p 00000000 fe:01 1234    /usr/bin/cat`; `nil`: not such a line.
    init?(line: Substring) {
        let fields = line.split(separator: " ", maxSplits: 5, omittingEmptySubsequences: true)
        guard fields.count >= 5 else { return nil }
        let range = fields[0].split(separator: "-")
        guard range.count == 2, let start = UInt64(range[0], radix: 16), let end = UInt64(range[1], radix: 16),
            let offset = UInt64(fields[2], radix: 16), let inode = UInt64(fields[4])
        else { return nil }
        self.start = start
        self.end = end
        isExecutable = fields[1].contains("x")
        fileOffset = offset
        self.inode = inode
        path = fields.count > 5 ? String(fields[5].drop { $0 == " " }) : ""
    }

    static func all(in text: String) -> [MemoryMapping] {
        text.split(separator: "\n").compactMap { MemoryMapping(line: $0) }
    }
}
