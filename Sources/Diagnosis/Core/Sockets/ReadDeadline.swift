// SPDX-License-Identifier: Apache-2.0

/// Whether a read of a socket would end by itself.
public enum ReadDeadline: String, Sendable {
    /// A deadline is set. It may be in the past, which ends a read at once.
    case armed
    /// There is none: a read waits for as long as nothing comes.
    case none
}
