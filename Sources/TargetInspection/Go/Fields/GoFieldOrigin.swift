// SPDX-License-Identifier: Apache-2.0

/// Where the place of a field is known from.
public enum GoFieldOrigin: Sendable, Hashable, CustomStringConvertible {
    /// The program's debugging information.
    case debugInformation
    /// The program's run-time type descriptors.
    case typeDescriptor
    /// A table in poolscope, of what it was in other programs; which versions they were of.
    case table(String)
    /// The machine code of one of the program's functions.
    case code(String)
    /// The user's description of the pool.
    case poolsFile

    /// As `PlannedOffset.origin` has it.
    public var description: String {
        switch self {
        case .debugInformation: "dwarf"
        case .typeDescriptor: "type descriptor"
        case .table(let versions): "table for \(versions)"
        case .code(let function): "code of \(function)"
        case .poolsFile: "pools file"
        }
    }
}
