// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// Why a configuration cannot be used: the key, the cause, the remedy.
public struct ConfigurationError: Error, CustomStringConvertible {
    public let description: String

    static func notJSON(_ cause: String) -> Self { Self(description: "It is not JSON: \(cause) Correct it there.") }

    static func unknownKey(_ key: String, in place: String, known: [String]) -> Self {
        Self(
            description: "'\(key)' is not a key of \(place). Remove it, or use one of: "
                + known.joined(separator: ", ") + ".")
    }

    static func unusable(_ key: String, _ cause: String, remedy: String) -> Self {
        Self(description: "\(key): \(cause). \(remedy)")
    }
}
