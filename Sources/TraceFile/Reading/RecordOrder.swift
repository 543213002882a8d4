// SPDX-License-Identifier: Apache-2.0

/// In which order a pass over a trace delivers its records.
enum RecordOrder: Sendable {
    /// That of the recorder, which is nearly that of time.
    case file
    /// That of time, by a `RecordSorter`.
    case time(lateness: Duration, windowBytes: Int)
}
