// SPDX-License-Identifier: Apache-2.0
import Glibc

/// A copy of a file that a test may damage; removed when the value goes.
public final class ScratchFile {
    public let path: String
    public let size: Int
    private let descriptor: Int32

    public struct Failed: Error { public let errorNumber: Int32 }

    public init(copyOf original: String) throws {
        var template = Array("/tmp/inspection-XXXXXX".utf8CString)
        descriptor = mkstemp(&template)
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        guard descriptor >= 0 else { throw Failed(errorNumber: errno) }
        let source = open(original, O_RDONLY | O_CLOEXEC)
        guard source >= 0 else { throw Failed(errorNumber: errno) }
        defer { close(source) }
        var chunk = [UInt8](repeating: 0, count: 1 << 20)
        var total = 0
        while true {
            let got = Glibc.read(source, &chunk, chunk.count)
            guard got > 0 else { break }
            guard Glibc.write(descriptor, chunk, got) == got else { throw Failed(errorNumber: errno) }
            total += got
        }
        size = total
    }

    public init(content: [UInt8]) throws {
        var template = Array("/tmp/inspection-XXXXXX".utf8CString)
        descriptor = mkstemp(&template)
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        guard descriptor >= 0, Glibc.write(descriptor, content, content.count) == content.count else {
            throw Failed(errorNumber: errno)
        }
        size = content.count
    }

    deinit {
        close(descriptor)
        unlink(path)
    }

    public func read(at offset: Int, count: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        let got = pread(descriptor, &bytes, count, offset)
        return Array(bytes.prefix(max(0, got)))
    }

    public func write(_ bytes: [UInt8], at offset: Int) throws {
        guard pwrite(descriptor, bytes, bytes.count, offset) == bytes.count else { throw Failed(errorNumber: errno) }
    }

    public func truncate(to size: Int) throws {
        guard ftruncate(descriptor, size) == 0 else { throw Failed(errorNumber: errno) }
    }
}
