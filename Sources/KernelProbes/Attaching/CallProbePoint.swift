// SPDX-License-Identifier: Apache-2.0
public import CTraceRecords

/// One instruction in a function of Go's own library that gets a uprobe.
public struct CallProbePoint {
    /// In the running process.
    public var address: UInt64
    /// In the executable file.
    public var fileOffset: UInt64
    /// What a hit means.
    public var point: ps_call_point

    /// `address` and `fileOffset` are of the same instruction: the probe is set by `fileOffset`, a hit is known by `address`.
    public init(address: UInt64, fileOffset: UInt64, point: ps_call_point) {
        self.address = address
        self.fileOffset = fileOffset
        self.point = point
    }
}
