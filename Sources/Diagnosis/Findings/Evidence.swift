// SPDX-License-Identifier: Apache-2.0
public import TraceModel

/// One statement that a finding rests on, with its numbers and the records that show it.
public struct Evidence: Hashable, Sendable {
    /// A sentence with the numbers in it.
    public var text: String
    public var measurements: [Measurement]
    public var events: [EventReference]

    public init(_ text: String, measurements: [Measurement] = [], events: [EventReference] = []) {
        self.text = text
        self.measurements = measurements
        self.events = events
    }
}
