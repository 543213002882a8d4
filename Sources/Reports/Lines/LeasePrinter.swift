// SPDX-License-Identifier: Apache-2.0
public import Diagnosis
import TraceModel

/// Prints leases one to a line: for people, and for other programs.
public struct LeasePrinter: Sendable {
    /// Of the JSON lines: docs/report-schema.md.
    public static let schema = "poolscope.leases/2"
    static let width = 100
    let analysis: TraceAnalysis

    /// - Parameter analysis: Where the trace starts and ends, and its clocks.
    public init(_ analysis: TraceAnalysis) { self.analysis = analysis }

    // MARK: - Text

    /// The head of the columns.
    public var heading: String {
        Self.columns(
            lease: "lease", acquired: "acquired", wait: "wait", hold: "hold", ended: "ended", age: "age",
            number: "nth", pool: "#") + " site"
    }

    /// One line of at most 100 columns.
    public func text(_ lease: LeaseSummary, poolNumber: Int) -> String {
        let hold = lease.hold(until: analysis.endedAt)
        let line = Self.columns(
            lease: String(lease.id.generation),
            acquired: TraceTime(analysis: analysis).offset(lease.acquired.timestamp),
            wait: lease.wait.map(ReadableText.duration) ?? "?", hold: hold.map(ReadableText.duration) ?? "?",
            ended: Self.ending(lease.ending), age: Self.age(lease.connection), number: Self.number(lease.connection),
            pool: String(poolNumber))
        // Times that no clock tells make columns too wide.
        return String((line + " " + Self.site(lease.stack, width: Self.width - line.count - 1)).prefix(Self.width))
    }

    /// The head of the columns of `parts`.
    public var partsHeading: String { Self.columns("lease", "#", Self.partColumns.map(\.head)) + " site" }

    /// The parts of its time, on one line of at most 100 columns.
    public func parts(_ lease: LeaseSummary, poolNumber: Int) -> String {
        let cells = Self.partColumns.map { column in
            guard let time = lease.time else { return "?" }
            let part = column.parts.reduce(0) { $0 &+ time[$1] }
            return part == 0 ? "-" : ReadableText.duration(.nanoseconds(Int64(clamping: part)))
        }
        let line = Self.columns(String(lease.id.generation), String(poolNumber), cells)
        return String((line + " " + Self.site(lease.stack, width: Self.width - line.count - 1)).prefix(Self.width))
    }

    private static let partColumns: [(head: String, parts: [LeasePart])] = [
        ("pool", [.pool]), ("dial", [.lookUp, .connect, .handshake, .startUp, .dial]), ("send", [.send]),
        ("net", [.network]), ("peer", [.peer]), ("n+p", [.remote]), ("queue", [.receiveQueue]), ("own", [.own]),
        ("untold", [.noSocket, .summed, .unclear, .missing]),
    ]

    private static func columns(_ lease: String, _ pool: String, _ parts: [String]) -> String {
        func right(_ text: String, _ width: Int) -> String {
            String(repeating: " ", count: max(0, width - text.count)) + text
        }
        return ([right(lease, 5), right(pool, 2)] + parts.map { right($0, 7) }).joined(separator: " ")
    }

    private static func columns(
        lease: String, acquired: String, wait: String, hold: String, ended: String, age: String, number: String,
        pool: String
    ) -> String {
        let ended = ended + String(repeating: " ", count: max(0, 13 - ended.count))
        return [
            right(lease, 5), right(acquired, 10), right(wait, 7), right(hold, 7), ended, right(age, 8),
            right(number, 4), right(pool, 2),
        ].joined(separator: " ")
    }

    static func right(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.count)) + text
    }

    private static func ending(_ ending: LeaseEnding?) -> String {
        switch ending?.kind {
        case nil: "open"
        case .returned?: "returned"
        case .closedWithError?: "closed, error"
        case .closedWithoutError?: "closed"
        case .closedInUse?: "closed in use"
        case .unknown?: "unknown"
        }
    }

    private static func age(_ use: ConnectionUse) -> String {
        guard let age = use.age else { return "?" }
        return (use.isAgeExact ? "" : ">") + ReadableText.duration(age)
    }

    private static func number(_ use: ConnectionUse) -> String {
        switch use.isNew {
        case true?: "new"
        case false?: "\(use.number)" + (use.isNumberExact ? "" : "+")
        case nil: "\(use.number)?"
        }
    }

    /// The place in the source, then the function without the folders of its package; what is too long is cut.
    private static func site(_ stack: CallStack?, width: Int) -> String {
        guard let site = stack?.site else { return "(stack not known)" }
        let location = StackText.location(site)
        let folders = site.function.prefix { $0 != "(" && $0 != "[" }.lastIndex(of: "/")
        let function = SafeText.sanitized(String(site.function[(folders ?? site.function.startIndex)...]))
        let place =
            (location.isEmpty ? "" : location + " ") + (folders == nil ? function : String(function.dropFirst()))
        return place.count <= width ? place : place.prefix(max(0, width - 3)) + "..."
    }

    // MARK: - JSON

    /// One object on one line.
    public func json(_ lease: LeaseSummary, poolName: String) -> String {
        let site = lease.stack?.site
        let socket = lease.socket
        let use = lease.connection
        let value: JSONValue = [
            "schema": .string(Self.schema), "lease": .unsigned(lease.id.generation), "pool": .string(poolName),
            "pool_address": .string(Self.hex(lease.pool.address)),
            "connection": .string(Self.hex(lease.id.connection)),
            "goroutine_id": JSONValue(lease.holder.goroutineID == 0 ? nil : lease.holder.goroutineID),
            "thread_id": .unsigned(UInt64(lease.holder.threadID)), "function": JSONValue(site?.function),
            "file": JSONValue(site?.file), "line": site?.line.map { .number(Int64($0)) } ?? .null,
            "requested": Self.event(lease.requested), "acquired": Self.event(lease.acquired),
            "acquired_at": JSONValue(analysis.wallClock?.text(of: lease.acquired.timestamp)),
            "ended": Self.event(lease.ending?.event), "how_ended": .string(lease.ending?.kind.rawValue ?? "open"),
            "is_error": .bool(lease.ending?.hasError ?? false), "error_type": JSONValue(lease.ending?.errorType),
            "wait_ns": JSONValue(lease.wait), "hold_ns": JSONValue(lease.hold(until: analysis.endedAt)),
            "parts": lease.time.map(LeaseTimeJSON.parts) ?? .null,
            "is_dialled": .bool(use.isDialled), "is_connection_new": use.isNew.map { .bool($0) } ?? .null,
            "connection_age_ns": JSONValue(use.age), "is_age_exact": .bool(use.age != nil && use.isAgeExact),
            "connection_leases": .unsigned(use.number), "is_connection_leases_exact": .bool(use.isNumberExact),
            "join": .string(lease.join.rawValue), "socket_inode": JSONValue(socket?.id.inode),
            "endpoint": JSONValue(socket?.endpoint?.description),
            "local_port": JSONValue((socket?.local?.port).map(UInt64.init)),
            "descriptor": lease.descriptor.map { .number(Int64($0)) } ?? .null,
            "received_bytes": .unsigned(lease.receivedBytes), "sent_bytes": .unsigned(lease.sentBytes),
            "socket_time_ns": JSONValue(lease.socketTime), "last_activity": Self.event(lease.lastActivity),
        ]
        return value.line
    }

    static func event(_ event: EventReference?) -> JSONValue {
        guard let event else { return .null }
        return [
            "event": .unsigned(event.ordinal), "kind": .string(event.kind.name),
            "timestamp_ns": .unsigned(event.timestamp.nanoseconds),
        ]
    }

    static func hex(_ value: UInt64) -> String { "0x" + String(value, radix: 16) }
}
