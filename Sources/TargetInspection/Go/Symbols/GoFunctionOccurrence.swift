// SPDX-License-Identifier: Apache-2.0

/// What became of a function whose name is in a program's table of names: the linker writes a name there for a function
/// that has code of its own, and for one that was inlined into another.
public struct GoFunctionOccurrence: Sendable, Equatable {
    /// Those that have code of their own. Empty: the function was inlined at every call.
    public internal(set) var functions: [GoFunction] = []
}
