// SPDX-License-Identifier: Apache-2.0
import Recording

extension RecordingProgress {
    /// The live line of `record`.
    var line: String {
        let seconds = max(1, elapsed.components.seconds)
        var text =
            "\(seconds) s  \(records) records (\(records / UInt64(seconds))/s)  \(leasesOut) leases out, \(suspects) suspect"
        if let oldestLease { text += ", oldest \(oldestLease.components.seconds) s" }
        text += "  \(waiting) waiting  \(lost) lost  \(fileBytes >> 10) KiB"
        return text
    }
}
