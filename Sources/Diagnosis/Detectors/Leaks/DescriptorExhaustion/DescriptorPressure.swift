// SPDX-License-Identifier: Apache-2.0
public import TraceModel

/// How near the process came to its limit of descriptors.
public struct DescriptorPressure: Sendable {
    /// The census with the most descriptors.
    public var peak: DescriptorUsage?
    public var peakCensus: EventReference?
    /// accept(2) that failed for want of a descriptor: EMFILE (24), ENFILE (23, the host's limit).
    public var failures: [Int32: UInt64] = [:]
    public var firstFailure: EventReference?
    public var lastFailure: EventReference?
    /// The listener of the last one.
    public var listenerDescriptor: Int32?
    public var listener: Endpoint?

    public init() {}
}
