// SPDX-License-Identifier: Apache-2.0
import Glibc

/// A folder that is gone with the value. Any user may enter it and write to it.
public final class ScratchFolder {
    public let path: String
    private var mounts: [String] = []

    public init() {
        var template = Array("/tmp/poolscope-tests-XXXXXX".utf8CString)
        path = template.withUnsafeMutableBufferPointer { buffer in
            guard let start = buffer.baseAddress, mkdtemp(start) != nil else { return "" }
            return String(cString: start)
        }
        precondition(!path.isEmpty && chmod(path, 0o777) == 0, "no scratch folder")
    }

    deinit {
        for mount in mounts { umount2(mount, Int32(MNT_DETACH)) }
        Self.remove(path)
    }

    /// The path of a file in it.
    public func file(_ name: String) -> String { "\(path)/\(name)" }

    public func folder(_ name: String, mode: UInt32 = 0o777) -> String {
        mkdir(file(name), mode)
        chmod(file(name), mode)
        return file(name)
    }

    /// A small disk in memory; `nil`: mounting is not allowed here.
    public func disk(_ name: String, kibibytes: Int) -> String? {
        let path = folder(name)
        guard mount("none", path, "tmpfs", 0, "size=\(kibibytes)k") == 0 else { return nil }
        mounts.append(path)
        return path
    }

    public func read(_ name: String) -> [UInt8] {
        var bytes: [UInt8] = []
        guard let stream = fopen(file(name), "rbe") else { return bytes }
        defer { fclose(stream) }
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while case let count = fread(&buffer, 1, buffer.count, stream), count > 0 { bytes += buffer[..<count] }
        return bytes
    }

    public func text(_ name: String) -> String { String(decoding: read(name), as: UTF8.self) }

    @discardableResult
    public func write(_ name: String, _ bytes: some Collection<UInt8>) -> String {
        if let stream = fopen(file(name), "wbe") {
            let array = Array(bytes)
            fwrite(array, 1, array.count, stream)
            fclose(stream)
        }
        return file(name)
    }

    private static func remove(_ path: String) {
        if let folder = opendir(path) {
            while let entry = readdir(folder) {
                let name = withUnsafePointer(to: &entry.pointee.d_name) {
                    $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
                }
                if name == "." || name == ".." { continue }
                if entry.pointee.d_type == UInt8(DT_DIR) { remove("\(path)/\(name)") }
                unlink("\(path)/\(name)")
            }
            closedir(folder)
        }
        rmdir(path)
    }
}
