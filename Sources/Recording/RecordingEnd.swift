// SPDX-License-Identifier: Apache-2.0

/// Why a recording ended.
public enum RecordingEnd: String, Sendable {
    case interrupted
    case duration
    case targetExited = "target exited"
    /// The trace has everything up to then.
    case diskFull = "disk full"
    /// The disk refused the trace for another reason. The trace has everything up to then.
    case writeFailed = "write failed"
}
