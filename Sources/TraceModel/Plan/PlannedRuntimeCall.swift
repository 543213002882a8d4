// SPDX-License-Identifier: Apache-2.0

/// One function of the runtime's own library that is recorded, such as the look-up of names.
public struct PlannedRuntimeCall: Codable, Sendable, Equatable {
    /// Such as `name look-ups`.
    public var name: String
    /// The record that it makes, by schema name.
    public var record: String
    /// Their `adapterID` and `id` mean nothing.
    public var points: [PlanPoint]
    /// Why it is not recorded; `nil`: it is.
    public var note: String?

    /// Without points it is not recorded, and `note` says why.
    public init(name: String, record: String, points: [PlanPoint] = [], note: String? = nil) {
        self.name = name
        self.record = record
        self.points = points
        self.note = note
    }

    /// Every point is armed.
    public var isArmed: Bool { note == nil && !points.isEmpty && points.allSatisfy { $0.mechanism != nil } }

    /// It is armed, and makes records of the kind.
    public func delivers(_ kind: RecordKind) -> Bool { isArmed && record == kind.name }
}
