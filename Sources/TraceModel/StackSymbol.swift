// SPDX-License-Identifier: Apache-2.0

/// The source location of one address of a stack. Inlined calls make several frames of one address, innermost first.
public struct StackSymbol: Codable, Sendable, Equatable {
    public var address: UInt64
    public var frames: [StackFrame]

    public init(address: UInt64, frames: [StackFrame]) {
        self.address = address
        self.frames = frames
    }
}
