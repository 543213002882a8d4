// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Glibc
import TargetInspection

/// Pools that a user describes in a file: docs/pools-file.md has its schema.
public struct PoolsFile: Sendable {
    /// In the order of the file; at least one.
    public let pools: [any PoolAdapter]

    private static let schema = "poolscope.pools/1"
    /// Bytes.
    private static let maximumSize = 1 << 20
    private static let maximumPools = 64

    /// Reads the file, once.
    public init(path: String) throws(PoolsFileError) {
        try self.init(text: Self.read(path), name: path)
    }

    /// - Parameter name: of the file, for messages.
    init(text: [UInt8], name: String) throws(PoolsFileError) {
        guard let value = try? JSONDecoder().decode(PoolsFileNode.Value.self, from: Data(text)) else {
            throw PoolsFileError(
                file: name, path: nil, reason: "it is not JSON", remedy: "Check it with \"python3 -m json.tool\"")
        }
        let document = PoolsFileNode(file: name, path: "$", value: value)
        let members = try document.members(["schema", "pools"])
        let schema = try members.required("schema", of: document)
        guard try schema.text() == Self.schema else {
            throw schema.error("this schema is not known", "Write \"\(Self.schema)\", or use a newer poolscope")
        }
        let list = try members.required("pools", of: document)
        let elements = try list.elements()
        guard (1...Self.maximumPools).contains(elements.count) else {
            throw list.error("it must have 1 to \(Self.maximumPools) pools", "Use several files, one at a time")
        }
        var names = Set(AdapterRegistry.all.map(\.name))
        var pools: [any PoolAdapter] = []
        for element in elements {
            let pool = try DefinedPool(element)
            guard names.insert(pool.name).inserted else {
                throw element.error("there is a pool \"\(pool.name)\" already", "Give it another name")
            }
            pools.append(pool)
        }
        self.pools = pools
    }

    private static func read(_ path: String) throws(PoolsFileError) -> [UInt8] {
        func failure(_ reason: String, _ remedy: String) -> PoolsFileError {
            PoolsFileError(file: path, path: nil, reason: reason, remedy: remedy)
        }
        // A pipe without a writer must not hold us up.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            throw failure("cannot open it: \(String(cString: strerror(errno)))", "Check the path and its permissions")
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw failure("it is not a file", "Give a file")
        }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw failure("cannot read it: \(String(cString: strerror(errno)))", "Try again") }
            if count == 0 { return bytes }
            bytes += chunk[..<count]
            guard bytes.count <= maximumSize else {
                throw failure("it is larger than 1 MiB", "Describe fewer pools")
            }
        }
    }
}
