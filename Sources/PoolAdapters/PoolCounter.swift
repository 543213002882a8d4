// SPDX-License-Identifier: Apache-2.0

/// One of a pool's own numbers.
enum PoolCounter: CaseIterable, Sendable {
    case open, idle, maximumOpen, maximumIdle, waitCount, waitNanoseconds

    /// What is not seen without it.
    var loss: String {
        switch self {
        case .open: "how many connections the pool has open"
        case .idle: "how many of the pool's connections are idle"
        case .maximumOpen: "how many connections the pool may open"
        case .maximumIdle: "how many idle connections the pool may keep"
        case .waitCount: "how many acquires have waited since the program began"
        case .waitNanoseconds: "how long acquires have waited since the program began"
        }
    }
}
