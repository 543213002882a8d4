// SPDX-License-Identifier: Apache-2.0

/// What an address in the records is called: the source location of one address of a stack, or the type of an error.
/// Inlined calls make several frames of one address, innermost first.
public struct StackSymbol: Codable, Sendable, Equatable {
    /// In the running process, as the records have it.
    public var address: UInt64
    /// Empty: `typeName` is all that is known.
    public var frames: [StackFrame]
    /// Of an `error_type`: the name of the error's dynamic type, such as `*errors.errorString`. Of an `error_value`: the
    /// package variable that has this value, such as `context.Canceled`. `nil`: not an error's.
    public var typeName: String?

    /// - Parameter typeName: given for an error's type or value, which has no frames.
    public init(address: UInt64, frames: [StackFrame], typeName: String? = nil) {
        self.address = address
        self.frames = frames
        self.typeName = typeName
    }
}
