// SPDX-License-Identifier: Apache-2.0
import Glibc

extension TargetProcess {
    /// Whether a descriptor of the process is an `io_uring`, now: one that it opens later is not foreseen.
    public var hasIOUring: Bool { holdsDescriptor(of: "anon_inode:[io_uring]") }

    /// - Parameter kind: what the link in `/proc/PID/fd` says, whole.
    func holdsDescriptor(of kind: String) -> Bool {
        let folder = openat(directory.descriptor, "fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { return false }
        guard let stream = fdopendir(folder) else {
            close(folder)
            return false
        }
        defer { closedir(stream) }
        var link = [CChar](repeating: 0, count: 64)
        let expected = kind.utf8.map { CChar(bitPattern: $0) }
        while let entry = readdir(stream) {
            let count = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { readlinkat(folder, $0, &link, link.count) }
            }
            if count == expected.count, link.prefix(count).elementsEqual(expected) { return true }
        }
        return false
    }
}
