// SPDX-License-Identifier: Apache-2.0

/// The last look-up of a goroutine, until a connection has come of it.
struct NameLookup {
    var endedAt: UInt64
    var duration: UInt64
    /// The host was an address in numbers: nothing was looked up.
    var isLiteral: Bool
    var mark: EventMark?
    /// A socket was opened after it.
    var isUsed = false

    /// A dial opens its first socket at once. Later than this, it has nothing to do with the look-up.
    private static let window: UInt64 = 1_000_000_000

    /// Further sockets follow when an address does not answer.
    func isOf(dialAt now: UInt64) -> Bool { isUsed || (now >= endedAt && now - endedAt <= Self.window) }

    static func isLiteral(_ name: some Collection<UInt8>) -> Bool {
        name.contains(UInt8(ascii: ":"))
            || !name.isEmpty && name.allSatisfy { $0 == UInt8(ascii: ".") || (48...57).contains($0) }
    }
}
