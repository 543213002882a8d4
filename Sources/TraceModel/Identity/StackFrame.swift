// SPDX-License-Identifier: Apache-2.0

/// A function call in a stack.
public struct StackFrame: Codable, Sendable, Hashable {
    /// The full name, such as `database/sql.(*DB).conn`.
    public var function: String
    /// The source file as the compiler wrote it; `nil`: not known.
    public var file: String?
    /// `nil`: not known.
    public var line: Int?
    /// Whose code it is. Not in a trace: the analysis tells it from the plan.
    public var origin = FrameOrigin.unknown

    private enum CodingKeys: CodingKey { case function, file, line }

    /// A frame as a trace has it: whose code it is remains to be found.
    public init(function: String, file: String? = nil, line: Int? = nil) {
        self.function = function
        self.file = file
        self.line = line
    }
}
