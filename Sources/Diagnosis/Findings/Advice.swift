// SPDX-License-Identifier: Apache-2.0

/// A setting that the measurements speak for. No finding: nothing need be wrong, and no exit code depends on it.
public struct Advice: Sendable {
    /// What it is about, such as `pool-size`.
    public var id: String
    public var subject: Subject
    /// Sentences with the numbers in them.
    public var text: String
    public var measurements: [Measurement]
    /// What other settings would have done with the same work.
    public var curve: [PoolSizePoint]

    public init(
        id: String, subject: Subject, text: String, measurements: [Measurement] = [], curve: [PoolSizePoint] = []
    ) {
        self.id = id
        self.subject = subject
        self.text = text
        self.measurements = measurements
        self.curve = curve
    }
}
