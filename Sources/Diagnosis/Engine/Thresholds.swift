// SPDX-License-Identifier: Apache-2.0

/// The thresholds that a user has set. All others are what their rules declare.
public struct Thresholds: Sendable, Equatable {
    private var values: [String: ThresholdValue] = [:]

    public init() {}

    /// A look-up by name: a measurement keeps what it holds every event against.
    public subscript<Quantity>(threshold: Threshold<Quantity>) -> Quantity {
        get { values[threshold.name].flatMap { Quantity($0) } ?? threshold.usual }
        set { values[threshold.name] = newValue.thresholdValue }
    }

    func value(named name: String) -> ThresholdValue? { values[name] }

    mutating func set(_ value: ThresholdValue, named name: String) { values[name] = value }
}
