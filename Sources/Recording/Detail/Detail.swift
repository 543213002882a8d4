// SPDX-License-Identifier: Apache-2.0

/// How receives and sends are recorded.
public enum Detail: String, CaseIterable, Sendable {
    /// A record for each call.
    case full
    /// Sums by socket, with each census; records of calls that failed or took long.
    case aggregate
    /// As `full`, until there are too many calls: then sums for the busiest sockets.
    case auto
}
