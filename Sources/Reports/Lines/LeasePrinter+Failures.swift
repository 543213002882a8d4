// SPDX-License-Identifier: Apache-2.0
public import Diagnosis
import TraceModel

/// The acquires that failed, one to a line.
extension LeasePrinter {
    /// Of the JSON lines: docs/report-schema.md.
    public static let failureSchema = "poolscope.failed-acquires/1"

    /// The head of the columns of failed acquires.
    public var failureHeading: String {
        Self.columns(failed: "failed", wait: "wait", how: "how", pool: "#") + " site: error"
    }

    /// One line of at most 100 columns.
    public func text(_ failure: FailedAcquire, poolNumber: Int) -> String {
        let line = Self.columns(
            failed: TraceTime(analysis: analysis).offset(failure.failed.timestamp),
            wait: failure.wait.map(ReadableText.duration) ?? "?", how: Self.how(failure), pool: String(poolNumber))
        let place = failure.stack?.site.map(StackText.place) ?? "(stack not known)"
        return String((line + " " + place + ": " + SafeText.sanitized(failure.error)).prefix(Self.width))
    }

    private static func columns(failed: String, wait: String, how: String, pool: String) -> String {
        right(failed, 10) + " " + right(wait, 7) + " " + how + String(repeating: " ", count: max(0, 9 - how.count))
            + " " + right(pool, 2)
    }

    private static func how(_ failure: FailedAcquire) -> String {
        switch failure.cancellation {
        case .cancelled: "cancelled"
        case .deadline: "deadline"
        case .unknown, .other: "error"
        }
    }

    /// One object on one line.
    public func json(_ failure: FailedAcquire, poolName: String) -> String {
        let site = failure.stack?.site
        let value: JSONValue = [
            "schema": .string(Self.failureSchema), "pool": .string(poolName),
            "pool_address": .string(Self.hex(failure.pool.address)),
            "goroutine_id": JSONValue(failure.holder.goroutineID == 0 ? nil : failure.holder.goroutineID),
            "thread_id": .unsigned(UInt64(failure.holder.threadID)), "function": JSONValue(site?.function),
            "file": JSONValue(site?.file), "line": site?.line.map { .number(Int64($0)) } ?? .null,
            "requested": Self.event(failure.requested), "failed": Self.event(failure.failed),
            "failed_at": JSONValue(analysis.wallClock?.text(of: failure.failed.timestamp)),
            "wait_ns": JSONValue(failure.wait), "is_dialled": .bool(failure.isDialled),
            "error": .string(failure.error), "cancellation": .string(failure.cancellation.rawValue),
        ]
        return value.line
    }
}
