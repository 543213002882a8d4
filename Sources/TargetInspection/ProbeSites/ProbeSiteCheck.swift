// SPDX-License-Identifier: Apache-2.0

/// Whether a running process still has the instruction at a probe site that the file has.
public enum ProbeSiteCheck: Sendable, Equatable {
    case matches
    /// A breakpoint (`int3`) stands in place of the first byte: another tracer has a probe there. The kernel lets
    /// uprobes share a place; a debugger's breakpoint there would disturb both.
    case hasBreakpoint
    /// The process runs other code; no probe may be set. The bytes found.
    case differs([UInt8])
    /// The memory cannot be read.
    case unreadable

    /// A probe may be set.
    public var allowsProbe: Bool { self == .matches || self == .hasBreakpoint }
}
