// SPDX-License-Identifier: Apache-2.0

/// How long callers would have waited with a pool of another size.
public struct PoolSizePoint: Hashable, Sendable {
    public var size: UInt64
    public var waitP99: Duration

    public init(size: UInt64, waitP99: Duration) {
        self.size = size
        self.waitP99 = waitP99
    }
}
