// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import TraceModel

/// A duration as the user writes it: `500ms`, `30s`, `1h30m`; a bare number is seconds.
struct DurationArgument {
    let duration: Duration

    static func parse(_ text: String) throws -> DurationArgument {
        guard let duration = Duration(argument: text, bareSeconds: true), duration > .zero else {
            throw ValidationError(
                "Write a duration as 500ms, 30s or 1h30m, with the units \(Duration.argumentUnits); a bare number is seconds."
            )
        }
        return DurationArgument(duration: duration)
    }
}
