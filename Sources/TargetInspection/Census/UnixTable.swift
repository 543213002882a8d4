// SPDX-License-Identifier: Apache-2.0
import CTraceRecords

/// The text of `/proc/PID/net/unix` (net/unix/af_unix.c, `unix_seq_show`).
///
/// Tells a socket's own name, type and state; neither its peer nor its queues.
enum UnixTable {
    private static let acceptsConnections: UInt32 = 0x10000  // __SO_ACCEPTCON
    private static let connected: UInt32 = 3  // SS_CONNECTED

    /// Takes in all sockets of the table. Returns the number of lines that it could not read.
    static func resolve(
        _ text: UnsafeRawBufferPointer, into sockets: inout ObservedSockets, names: inout UnixNames
    ) -> Int {
        KernelTextLine.forEach(in: text) { text in
            // Num: RefCount Protocol Flags Type State Inode Path
            var line = KernelTextLine(text)
            guard line.skip(3) != nil, let flags = line.hexadecimal(), let type = line.hexadecimal(),
                let socketState = line.hexadecimal(), let inode = line.decimal(), type <= 0xffff
            else { return false }
            setName(line.remainder(), of: inode, in: &names)
            let isListening = flags & acceptsConnections != 0
            sockets.resolve(inode) { record in
                record.family = 1
                record.type = UInt16(type)
                record.state = isListening ? 10 : socketState == connected ? 1 : 7
            }
            return true
        }
    }

    /// The kernel prints every zero byte of an abstract name as `@`, so a name that has `@` later is not quite certain.
    private static func setName(_ path: UnsafeRawBufferPointer, of inode: UInt64, in names: inout UnixNames) {
        guard path.first == UInt8(ascii: "@") else { return names.setName(path, of: inode) }
        let name = [0] + path.dropFirst()
        name.withUnsafeBytes { names.setName($0, of: inode) }
    }
}
