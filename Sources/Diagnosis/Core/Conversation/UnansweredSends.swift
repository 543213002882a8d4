// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// What was sent on a socket since data was received on it. A request waits for its answer; behind it may come a farewell,
/// such as PostgreSQL's `X`, QUIT, or the alert that ends a TLS session, for which nobody waits.
struct UnansweredSends {
    /// More than a farewell has, also within TLS (QUIT: 6 + 22 bytes, the alert: 31), and than the frames by which HTTP/2
    /// acknowledges; a request over HTTPS has more.
    private static let small: UInt64 = 64

    /// The last of them; 0: there is none.
    private(set) var lastAt: UInt64 = 0
    /// The first of the small ones that are the last, all within the time of a farewell; 0: the last one is not small.
    private var farewellAt: UInt64 = 0
    /// Who sent these: see `HolderKey.raw`; 0: several, or not known.
    private var farewellSender: UInt64 = 0
    /// The last one before these; 0: there is none.
    private var beforeFarewell: UInt64 = 0
    private var isLargeBeforeFarewell = false

    init() {}

    /// Sends that were summed up, of which only the last is known.
    init(lastAt: UInt64) { self.lastAt = lastAt }

    /// - Parameter farewellTime: see `premature-timeout.wait`.
    mutating func note(_ io: SocketIO, by holder: HolderKey?, farewellTime: UInt64) {
        if io.isReceive {
            if lastAt != 0 { self = Self() }
            return
        }
        let now = io.mark.timestamp
        let isSmall = io.bytes <= Self.small
        if isSmall, farewellAt != 0, now &- farewellAt < farewellTime {
            if holder?.raw ?? 0 != farewellSender { farewellSender = 0 }
        } else {
            if lastAt != 0 {
                beforeFarewell = lastAt
                isLargeBeforeFarewell = farewellAt == 0
            }
            farewellAt = isSmall ? now : 0
            farewellSender = isSmall ? holder?.raw ?? 0 : 0
        }
        lastAt = now
    }

    /// The request that is out when the socket is closed: when its last part was sent; 0: none is.
    ///
    /// - Returns: `isSure`: it is no acknowledgement or notice that nobody answers.
    func request(closedAt now: UInt64, farewellTime: UInt64) -> (sentAt: UInt64, isSure: Bool) {
        let isFarewell = farewellAt != 0 && now &- min(now, farewellAt) < farewellTime
        return isFarewell ? (beforeFarewell, isLargeBeforeFarewell) : (lastAt, true)
    }

    /// Nothing is out but what `closer` has just sent to say farewell.
    func isFarewell(of closer: HolderKey, closedAt now: UInt64, farewellTime: UInt64) -> Bool {
        lastAt != 0 && farewellSender == closer.raw && request(closedAt: now, farewellTime: farewellTime).sentAt == 0
    }
}
