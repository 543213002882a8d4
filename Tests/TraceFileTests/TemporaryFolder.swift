// SPDX-License-Identifier: Apache-2.0
import Glibc

/// A folder that is gone when the test is.
final class TemporaryFolder {
    let path: String

    init() {
        var template = Array("/tmp/trace-file-tests-XXXXXX".utf8CString)
        path = template.withUnsafeMutableBufferPointer { buffer in
            guard let start = buffer.baseAddress, mkdtemp(start) != nil else { return "" }
            return String(cString: start)
        }
        precondition(!path.isEmpty, "no temporary folder")
    }

    deinit {
        if let folder = opendir(path) {
            while let entry = readdir(folder) {
                let name = withUnsafePointer(to: &entry.pointee.d_name) {
                    $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
                }
                if name != "." && name != ".." { remove(file(name)) }
            }
            closedir(folder)
        }
        rmdir(path)
    }

    func file(_ name: String) -> String { "\(path)/\(name)" }

    func read(_ name: String) -> [UInt8] {
        var bytes: [UInt8] = []
        guard let stream = fopen(file(name), "rb") else { return bytes }
        defer { fclose(stream) }
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while case let count = fread(&buffer, 1, buffer.count, stream), count > 0 { bytes += buffer[..<count] }
        return bytes
    }

    func write(_ name: String, _ bytes: some Collection<UInt8>) {
        guard let stream = fopen(file(name), "wb") else { return }
        defer { fclose(stream) }
        let array = Array(bytes)
        fwrite(array, 1, array.count, stream)
    }
}
