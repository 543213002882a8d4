// SPDX-License-Identifier: Apache-2.0
public import TargetInspection

/// A pointer on the way from the object in a register to what a lease is known by.
public struct KeyStep: Sendable {
    /// The field that holds the pointer. More than one: objects of several types may be there, and all have it at one place.
    public let fields: [GoField]
    /// The field is an interface, whose data word is the pointer.
    public let isInterface: Bool

    init(_ fields: [GoField], isInterface: Bool = false) {
        self.fields = fields
        self.isInterface = isInterface
    }
}
