// SPDX-License-Identifier: Apache-2.0
public import TraceModel

/// The processes that the target has started. What they do is not in its trace.
public struct StartedProcesses: Sendable {
    public var count: UInt64
    /// The first ones, as the recorder's PID namespace numbers them.
    public var processIDs: [UInt32]
    public var first: EventReference

    public init(count: UInt64, processIDs: [UInt32], first: EventReference) {
        self.count = count
        self.processIDs = processIDs
        self.first = first
    }
}
