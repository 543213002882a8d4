// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// A line that a rule draws. The rule that reads it declares it; why its default is what it is stands in docs/rules/.
public struct Threshold<Quantity: ThresholdQuantity>: ThresholdSetting {
    public let name: String
    let usual: Quantity

    init(_ name: String, _ usual: Quantity) {
        self.name = name
        self.usual = usual
    }

    public var usualValue: ThresholdValue { usual.thresholdValue }
}

/// A threshold by name: what `--threshold NAME=VALUE` sets, and what a report lists.
public protocol ThresholdSetting: Sendable {
    /// The rule and the quantity, such as `lease-leak.age`.
    var name: String { get }
    /// What it is unless the user sets it.
    var usualValue: ThresholdValue { get }
}

extension ThresholdSetting {
    public func value(in thresholds: Thresholds) -> ThresholdValue { thresholds.value(named: name) ?? usualValue }

    /// Sets the threshold in `thresholds` from text: `5s`, `250ms`, `1h30m` for a duration, else a number.
    ///
    /// - Returns: `false`: `text` is not a value of its kind, or is negative; nothing is changed.
    public func set(_ text: String, in thresholds: inout Thresholds) -> Bool {
        guard let value = usualValue.read(text) else { return false }
        thresholds.set(value, named: name)
        return true
    }

    /// How a value of it is written, for messages.
    public var form: String {
        switch usualValue {
        case .duration: "a duration such as \(usualValue), with the units \(Duration.argumentUnits)"
        case .count: "a whole number such as \(usualValue)"
        case .number: "a number such as \(usualValue)"
        }
    }
}

/// What a threshold is measured in: `Duration`, `UInt64` for how many, `Double` for shares and factors.
public protocol ThresholdQuantity: Sendable {
    init?(_ value: ThresholdValue)
    var thresholdValue: ThresholdValue { get }
}

extension Duration: ThresholdQuantity {
    public init?(_ value: ThresholdValue) {
        guard case .duration(let duration) = value else { return nil }
        self = duration
    }

    public var thresholdValue: ThresholdValue { .duration(self) }
}

extension UInt64: ThresholdQuantity {
    public init?(_ value: ThresholdValue) {
        guard case .count(let count) = value else { return nil }
        self = count
    }

    public var thresholdValue: ThresholdValue { .count(self) }
}

extension Double: ThresholdQuantity {
    public init?(_ value: ThresholdValue) {
        guard case .number(let number) = value else { return nil }
        self = number
    }

    public var thresholdValue: ThresholdValue { .number(self) }
}
