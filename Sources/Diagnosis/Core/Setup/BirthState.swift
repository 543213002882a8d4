// SPDX-License-Identifier: Apache-2.0

/// How one connection came into being: moments of the clock, 0 where they are not known.
struct BirthState {
    var holder: HolderKey?
    var lookup: NameLookup?
    var connectStart: UInt64 = 0
    var connected: UInt64 = 0
    var handshakeStart: UInt64 = 0
    var handshakeEnd: UInt64 = 0
    var isHandshakeFailed = false
    var handshake: EventMark?
    var firstLease: EventMark?
    /// The acquire that got it first, of a pool; 0: it was not leased.
    var firstLeased: UInt64 = 0
    var firstRequested: UInt64 = 0
    var pool: Int32 = -1

    /// The end of what the library below the driver does.
    var ready: UInt64 { max(connected, isHandshakeFailed ? 0 : handshakeEnd) }

    /// `nil`: nothing was looked up.
    var lookupStart: UInt64? {
        guard let lookup, !lookup.isLiteral else { return nil }
        return lookup.endedAt &- min(lookup.endedAt, lookup.duration)
    }

    private static func span(_ start: UInt64, _ end: UInt64) -> UInt64? {
        start != 0 && end >= start ? end - start : nil
    }

    var connecting: UInt64? { connected == 0 ? nil : Self.span(connectStart, connected) }

    var shakingHands: UInt64? {
        handshakeEnd == 0 || isHandshakeFailed ? nil : Self.span(handshakeStart, handshakeEnd)
    }

    /// The driver's own greeting, and what the pool does before it hands the connection out.
    ///
    /// `nil`: not leased; or the acquire that got it began when it was there already, so that it may have been idle.
    var startingUp: UInt64? {
        guard connected != 0, firstLeased != 0, firstRequested != 0, firstRequested < ready else { return nil }
        return Self.span(ready, firstLeased)
    }

    /// From the look-up, or from the connect where nothing was looked up, to the first lease.
    var whole: UInt64? {
        guard let lookup, startingUp != nil, connecting != nil else { return nil }
        let start = lookup.isLiteral ? connectStart : lookup.endedAt &- min(lookup.endedAt, lookup.duration)
        return Self.span(start, firstLeased)
    }
}
