// SPDX-License-Identifier: Apache-2.0
public import Diagnosis
public import TraceModel

/// Prints sockets one to a line: for people, and for other programs.
public struct SocketPrinter: Sendable {
    /// Of the JSON lines: docs/report-schema.md.
    public static let schema = "poolscope.sockets/2"
    private static let width = 100
    private let wallClock: WallClock?

    /// - Parameter wallClock: `nil`: the trace has no pair of clocks.
    public init(wallClock: WallClock?) { self.wallClock = wallClock }

    // MARK: - Text

    /// The head of the columns.
    public static let heading =
        columns(["socket", "recv", "bytes", "p50", "p99", "send", "bytes", "lease", "p50", "p99"]) + " endpoint"

    /// One line of at most 100 columns.
    public func text(_ socket: SocketTraffic) -> String {
        let line = Self.columns([
            String(socket.id.inode), Self.count(socket.receives.calls), ReadableText.bytes(socket.receives.bytes),
            Self.time(socket.receives.times, \.p50), Self.time(socket.receives.times, \.p99),
            Self.count(socket.sends.calls), ReadableText.bytes(socket.sends.bytes), Self.count(socket.leases),
            Self.time(socket.holds, \.p50), Self.time(socket.holds, \.p99),
        ])
        let endpoint = SafeText.sanitized(socket.endpoint?.description ?? Self.kind(socket))
        let text = line + (socket.isAccepted ? " < " : " ") + endpoint
        return text.count <= Self.width ? text : text.prefix(Self.width - 3) + "..."
    }

    private static func columns(_ cells: [String]) -> String {
        zip(cells, [9, 6, 8, 7, 7, 6, 8, 5, 7, 7]).map { LeasePrinter.right($0, $1) }.joined(separator: " ")
    }

    /// `999999`, `1.2M`.
    private static func count(_ number: UInt64) -> String {
        number < 1_000_000 ? "\(number)" : ReadableText.number(Double(number) / 1_000_000) + "M"
    }

    private static func time(_ times: DurationStatistics, _ value: KeyPath<DurationStatistics, Duration>) -> String {
        times.count == 0 ? "-" : ReadableText.duration(times[keyPath: value])
    }

    private static func kind(_ socket: SocketTraffic) -> String {
        switch (socket.family, socket.protocolNumber) {
        case (1, _): "(unix)"
        case (_, 6): "(tcp)"
        case (_, 17): "(udp)"
        default: "(not known)"
        }
    }

    // MARK: - JSON

    /// One object on one line.
    public func json(_ socket: SocketTraffic) -> String {
        let value: JSONValue = [
            "schema": .string(Self.schema), "socket_inode": .unsigned(socket.id.inode),
            "family": .unsigned(UInt64(socket.family)), "protocol": .unsigned(UInt64(socket.protocolNumber)),
            "local": JSONValue(socket.local?.description), "remote": JSONValue(socket.remote?.description),
            "is_accepted": .bool(socket.isAccepted), "opened": moment(socket.id.bornAt),
            "first_seen": moment(socket.firstSeen), "last_seen": moment(socket.lastSeen),
            "closed": moment(socket.closedAt), "receives": Self.calls(socket.receives),
            "sends": Self.calls(socket.sends), "leases": .unsigned(socket.leases),
            "open_leases": .unsigned(socket.openLeases), "holds": Self.statistics(socket.holds),
        ]
        return value.line
    }

    private func moment(_ instant: MonotonicInstant?) -> JSONValue {
        guard let instant else { return .null }
        return ["timestamp_ns": .unsigned(instant.nanoseconds), "at": JSONValue(wallClock?.text(of: instant))]
    }

    private static func calls(_ calls: CallTraffic) -> JSONValue {
        [
            "calls": .unsigned(calls.calls), "bytes": .unsigned(calls.bytes),
            "would_block": .unsigned(calls.wouldBlocks), "failures": .unsigned(calls.failures),
            "aggregated": .unsigned(calls.summed), "times": statistics(calls.times),
        ]
    }

    private static func statistics(_ times: DurationStatistics) -> JSONValue {
        if times.count == 0 { return .null }
        return [
            "count": .unsigned(times.count), "p50_ns": JSONValue(times.p50), "p99_ns": JSONValue(times.p99),
            "longest_ns": JSONValue(times.longest), "total_ns": JSONValue(times.total),
        ]
    }
}
