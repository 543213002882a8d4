// SPDX-License-Identifier: Apache-2.0

/// Why a recording ended.
public enum RecordingEnd: String, Sendable {
    case interrupted
    case duration
    case targetExited = "target exited"
    /// By execve(2): pools, probes and memory were the old program's.
    case targetExecuted = "target became another program"
    /// The trace has everything up to then.
    case diskFull = "disk full"
    /// The disk refused the trace for another reason. The trace has everything up to then.
    case writeFailed = "write failed"
}
