// SPDX-License-Identifier: Apache-2.0

/// Why a file of pools cannot be used. `description` says where, what is wrong, and what to do.
public struct PoolsFileError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The file.
    public let file: String
    /// The place in the document, such as `$.pools[0].acquire.pool`; `nil`: the file as a whole.
    public let path: String?
    /// A sentence without a full stop.
    public let reason: String
    /// What to do; a sentence without a full stop.
    public let remedy: String

    /// For the user: the file, the place in it, the reason and the remedy.
    public var description: String { "\(file)\(path.map { ", \($0)" } ?? ""): \(reason). \(remedy)." }
}
