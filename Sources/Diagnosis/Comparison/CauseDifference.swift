// SPDX-License-Identifier: Apache-2.0

/// In what a cause differs between two traces.
enum CauseDifference {
    case severity, count, wait, hold

    var up: String {
        switch self {
        case .severity: "more severe"
        case .count: "more often"
        case .wait: "longer waits"
        case .hold: "longer holds"
        }
    }

    var down: String {
        switch self {
        case .severity: "less severe"
        case .count: "less often"
        case .wait: "shorter waits"
        case .hold: "shorter holds"
        }
    }
}
