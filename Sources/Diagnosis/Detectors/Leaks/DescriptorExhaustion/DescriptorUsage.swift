// SPDX-License-Identifier: Apache-2.0

/// How many descriptors the process had at the last census.
public struct DescriptorUsage: Hashable, Sendable {
    public var sockets: UInt64
    public var descriptors: UInt64
    /// RLIMIT_NOFILE, soft; `nil`: not known.
    public var limit: UInt64?

    public init(sockets: UInt64, descriptors: UInt64, limit: UInt64?) {
        self.sockets = sockets
        self.descriptors = descriptors
        self.limit = limit
    }
}
