// SPDX-License-Identifier: Apache-2.0

/// Something that knows the types of a Go program: its run-time type descriptors, or its debugging information.
///
/// A type is known by a number that only its source understands.
protocol GoStructureSource {
    /// What its answers are called in a plan.
    var origin: GoFieldOrigin { get }
    /// The structure type with the name; of a generic one any instance. `nil`: the source has none.
    func structure(_ name: GoStructureName) -> UInt64?
    /// For a message.
    func name(of type: UInt64) -> String?
    func kind(of type: UInt64) -> GoKind?
    func size(of type: UInt64) -> UInt64?
    func element(of type: UInt64) -> UInt64?
    func fields(of type: UInt64) -> [GoStructField]?
}
