// SPDX-License-Identifier: Apache-2.0
public import TraceModel

/// The program that the target became by execve(2). Its trace ends there.
public struct NewProgram: Sendable {
    /// As it was given to execve(2), cut after 119 bytes.
    public var path: String
    public var event: EventReference

    public init(path: String, event: EventReference) {
        self.path = path
        self.event = event
    }
}
