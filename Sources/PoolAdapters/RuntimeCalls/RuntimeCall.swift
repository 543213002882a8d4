// SPDX-License-Identifier: Apache-2.0
public import CTraceRecords
public import TargetInspection
public import TraceModel

/// A function of Go's own library that says something of a connection, whatever the pool: not a lease, but what it is
/// made of. One file each, and a line in `RuntimeCallRegistry`.
public protocol RuntimeCall: Sendable {
    /// Such as `name look-ups`.
    var name: String { get }
    /// The record that it makes.
    var record: RecordKind { get }
    /// The full name as Go's symbol table has it.
    var function: String { get }
    /// What a hit of the function's entry means.
    var entryRole: ps_call_role { get }
    /// What a hit of its returns means; `nil`: all is known at the entry.
    var returnRole: ps_call_role? { get }
    /// The type of the object that leads to the call's socket; `nil`: there is no socket, or the kernel side knows it
    /// without.
    var object: GoStructureName? { get }
    /// The field of the call's first argument that is the descriptor of its socket, and where it lies in programs that do
    /// not tell; `nil`: it is not looked for there.
    var descriptorField: (field: GoField, known: UInt32)? { get }
    /// The option of `record` and `plan` that arms it; `nil`: it always is. For calls that are made often.
    var option: String? { get }
}

extension RuntimeCall {
    var returnRole: ps_call_role? { nil }
    var object: GoStructureName? { nil }
    var descriptorField: (field: GoField, known: UInt32)? { nil }
    var option: String? { nil }
}
