// SPDX-License-Identifier: Apache-2.0
import Glibc
import TestSupport

/// A file system in memory of one megabyte; unmounted when it is not needed any more.
final class SmallDisk {
    let path: String
    private let folder = ScratchFolder()

    /// `nil`: this process may not mount.
    init?() {
        path = folder.path
        guard mount("tmpfs", path, "tmpfs", 0, "size=1m") == 0 else { return nil }
    }

    deinit { umount2(path, Int32(MNT_DETACH)) }

    var freeBytes: Int {
        var status = statvfs()
        guard statvfs(path, &status) == 0 else { return 0 }
        return Int(status.f_bavail) * Int(status.f_bsize)
    }

    func exhaust() {
        guard let stream = fopen("\(path)/ballast", "wb") else { return }
        defer { fclose(stream) }
        let page = [UInt8](repeating: 1, count: 4096)
        while fwrite(page, 1, page.count, stream) == page.count && fflush(stream) == 0 {}
    }
}
