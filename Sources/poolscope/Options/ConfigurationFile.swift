// SPDX-License-Identifier: Apache-2.0
import Glibc
import Diagnosis

/// The file that `--config` names.
enum ConfigurationFile {
    private static let sizeLimit = 1 << 20

    static func read(_ path: String) throws -> RuleConfiguration {
        do {
            return try RuleConfiguration(json: bytes(of: path))
        } catch let error as ConfigurationError {
            throw ConfigurationFileError(description: "Cannot use configuration \(path): \(error)")
        }
    }

    private static func bytes(of path: String) throws -> [UInt8] {
        func failure(_ cause: String, _ remedy: String) -> ConfigurationFileError {
            ConfigurationFileError(description: "Cannot read configuration \(path): \(cause). \(remedy)")
        }
        // O_NONBLOCK: opening a pipe must not wait for its writer.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        if descriptor < 0 { throw failure(String(cString: strerror(errno)), "Check the path.") }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw failure("it is no regular file", "Save it to a file first.")
        }
        var bytes = [UInt8](repeating: 0, count: sizeLimit + 1)
        var count = 0
        while count < bytes.count {
            let read = bytes.withUnsafeMutableBytes { buffer in
                let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[count...])
                return Glibc.read(descriptor, rest.baseAddress, rest.count)
            }
            if read < 0, errno == EINTR { continue }
            if read < 0 { throw failure(String(cString: strerror(errno)), "Copy it again.") }
            if read == 0 { break }
            count += read
        }
        if count > sizeLimit { throw failure("it has more than 1 MiB", "Name a configuration file.") }
        return Array(bytes.prefix(count))
    }
}

/// Why the file cannot be used, and what to do about it.
struct ConfigurationFileError: Error, CustomStringConvertible {
    let description: String
}
