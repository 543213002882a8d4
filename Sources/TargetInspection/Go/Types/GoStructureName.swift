// SPDX-License-Identifier: Apache-2.0

/// A structure type of a Go program.
public struct GoStructureName: Sendable, Hashable, CustomStringConvertible {
    /// The path of its package, such as `github.com/gomodule/redigo/redis`.
    public let package: String
    /// Its name in the package, such as `Pool`; of a generic type without arguments.
    public let name: String

    public init(package: String, name: String) {
        self.package = package
        self.name = name
    }

    public var description: String { "\(package).\(name)" }
}
