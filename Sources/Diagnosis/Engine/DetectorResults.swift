// SPDX-License-Identifier: Apache-2.0

/// A measurement whose result the rule of its folder reads, and nobody else.
protocol Detector: Sendable {
    associatedtype Item: Sendable
    /// What it has found so far.
    func items(_ core: Core) -> [Item]
    /// How many more it did not keep.
    var unlisted: UInt64 { get }
}

extension Detector {
    var unlisted: UInt64 { 0 }
}

/// The results of detectors, by the type of the detector. What several rules, the advice or reports read is a field of
/// `TraceAnalysis` instead.
public struct DetectorResults: Sendable {
    private var values: [ObjectIdentifier: any Sendable] = [:]

    subscript<D: Detector>(detector: D.Type) -> Listed<D.Item> {
        values[ObjectIdentifier(detector)] as? Listed<D.Item> ?? Listed()
    }

    mutating func add<D: Detector>(_ detector: D, _ core: Core) {
        values[ObjectIdentifier(D.self)] = Listed(detector.items(core), unlisted: detector.unlisted)
    }
}
