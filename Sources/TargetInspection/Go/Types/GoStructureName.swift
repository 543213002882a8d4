// SPDX-License-Identifier: Apache-2.0

/// A structure type of a Go program.
public struct GoStructureName: Sendable, Hashable, CustomStringConvertible {
    /// The path of its package, such as `github.com/gomodule/redigo/redis`.
    public let package: String
    /// Its name in the package, such as `Pool`; of a generic type without arguments.
    public let name: String

    /// - Parameter package: the whole path, not its last element alone.
    public init(package: String, name: String) {
        self.package = package
        self.name = name
    }

    /// As debugging information names the type: `github.com/gomodule/redigo/redis.Pool`.
    public var description: String { "\(package).\(name)" }
}
