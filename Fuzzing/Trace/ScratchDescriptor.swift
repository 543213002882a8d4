// SPDX-License-Identifier: Apache-2.0
import Glibc

/// A file without a name, in memory, that is filled anew for each input.
final class ScratchDescriptor: Sendable {
    private let descriptor: CInt
    var path: String { "/proc/self/fd/\(descriptor)" }

    init() {
        let file = tmpfile()
        precondition(file != nil, "no temporary file")
        descriptor = fileno(file)
    }

    func replace(with bytes: [UInt8]) -> Bool {
        ftruncate(descriptor, 0) == 0 && pwrite(descriptor, bytes, bytes.count, 0) == bytes.count
    }
}
