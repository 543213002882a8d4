// SPDX-License-Identifier: Apache-2.0
import Diagnosis
import TraceModel

/// Findings, leases, stacks and events as JSON.
enum FindingJSON {
    static func value(_ finding: Finding, in analysis: TraceAnalysis) -> JSONValue {
        [
            "rule": .string(finding.rule), "severity": .string(finding.severity.rawValue),
            "confidence": .string(finding.confidence.level.rawValue),
            "confidence_reason": .string(finding.confidence.reason), "headline": .string(finding.headline),
            "subject": .string(finding.subject.description), "subject_kind": .string(finding.subject.kind),
            "count": .unsigned(finding.count),
            "first_seen_ns": offset(finding.firstSeen, analysis), "last_seen_ns": offset(finding.lastSeen, analysis),
            "first_seen_at": JSONValue(analysis.wallClock?.text(of: finding.firstSeen)),
            "advice": .string(finding.advice), "stack": stack(finding.stack),
            "leases": .array(finding.leases.map { lease($0, analysis) }),
            "waiters": .array(finding.waiters.map(waiters)),
            "evidence": .array(finding.evidence.map { evidence($0, analysis) }),
        ]
    }

    static func value(_ advice: Advice) -> JSONValue {
        [
            "advice": .string(advice.id), "subject": .string(advice.subject.description),
            "subject_kind": .string(advice.subject.kind), "text": .string(advice.text),
            "numbers": .object(advice.measurements.map(measurement)),
            "curve": .array(
                advice.curve.map { ["size": .unsigned($0.size), "wait_p99_ns": JSONValue($0.waitP99)] }),
        ]
    }

    static func offset(_ instant: MonotonicInstant, _ analysis: TraceAnalysis) -> JSONValue {
        JSONValue(instant - analysis.startedAt)
    }

    static func event(_ event: EventReference?, _ analysis: TraceAnalysis) -> JSONValue {
        guard let event else { return .null }
        return [
            "event": .unsigned(event.ordinal), "kind": .string(event.kind.name),
            "at_ns": offset(event.timestamp, analysis),
        ]
    }

    private static func stack(_ stack: CallStack?) -> JSONValue {
        guard let stack else { return .null }
        return .array(
            stack.frames.enumerated().map { index, frame -> JSONValue in
                [
                    "function": .string(frame.function), "file": JSONValue(frame.file),
                    "line": frame.line.map { .number(Int64($0)) } ?? .null,
                    "origin": .string(frame.origin.rawValue),
                    "is_site": .bool(index == stack.applicationFrameIndex),
                ]
            })
    }

    private static func waiters(_ group: WaiterGroup) -> JSONValue {
        [
            "waits": .unsigned(group.waits), "longest_ns": JSONValue(group.longest),
            "still_waiting": .unsigned(group.stillWaiting), "stack": stack(group.stack),
        ]
    }

    private static func evidence(_ evidence: Evidence, _ analysis: TraceAnalysis) -> JSONValue {
        [
            "text": .string(evidence.text), "numbers": .object(evidence.measurements.map(measurement)),
            "events": .array(evidence.events.map { event($0, analysis) }),
        ]
    }

    /// The unit is in the key.
    private static func measurement(_ measurement: Measurement) -> (String, JSONValue) {
        switch measurement.value {
        case .duration(let value): (measurement.name + "_ns", JSONValue(value))
        case .count(let value): (measurement.name, .unsigned(value))
        case .bytes(let value): (measurement.name + "_bytes", .unsigned(value))
        case .rate(let value): (measurement.name + "_per_second", .fraction(value))
        case .share(let value): (measurement.name, .fraction(value))
        }
    }

    static func waitingRead(_ read: WaitingRead, _ analysis: TraceAnalysis) -> JSONValue {
        [
            "read": event(read.event, analysis), "waiting_ns": JSONValue(analysis.endedAt - read.event.timestamp),
            "read_deadline": JSONValue(read.deadline?.rawValue), "is_leased": .bool(read.isLeased),
            "socket": socket(read.socket, analysis),
        ]
    }

    static func lease(_ lease: LeaseSummary, _ analysis: TraceAnalysis) -> JSONValue {
        let held = analysis.endedAt - lease.acquired.timestamp
        return [
            "pool": JSONValue(analysis.pool(lease.pool)?.name), "connection": .string(hex(lease.id.connection)),
            "generation": .unsigned(lease.id.generation), "acquired": event(lease.acquired, analysis),
            "hold_ns": JSONValue(held), "wait_ns": JSONValue(lease.wait),
            "others_waited_ns": JSONValue(lease.othersWaited),
            "last_activity": event(lease.lastActivity, analysis),
            "silent_ns": JSONValue(lease.lastActivity.map { analysis.endedAt - $0.timestamp }),
            "awaiting_answer_since_ns": lease.awaitingAnswerSince.map { offset($0, analysis) } ?? .null,
            "goroutine_id": JSONValue(lease.holder.goroutineID == 0 ? nil : lease.holder.goroutineID),
            "thread_id": .unsigned(UInt64(lease.holder.threadID)),
            "holder": .string(lease.condition.state.rawValue),
            "goroutine_status": JSONValue(lease.condition.statusText),
            "holder_waits_for": JSONValue(lease.condition.waitReason),
            "holder_there_since_ns": lease.condition.thereSince.map { offset($0, analysis) } ?? .null,
            "holder_stack": stack(lease.condition.stack), "holder_seen": event(lease.condition.event, analysis),
            "is_handed_over": .bool(lease.isHandedOver),
            "join": .string(lease.join.rawValue), "is_join_conflict": .bool(lease.isWitnessContrary),
            "descriptor": lease.descriptor.map { .number(Int64($0)) } ?? .null,
            "received_bytes": .unsigned(lease.receivedBytes), "sent_bytes": .unsigned(lease.sentBytes),
            "socket_time_ns": JSONValue(lease.socketTime), "socket": socket(lease.socket, analysis),
        ]
    }

    private static func socket(_ socket: SocketSummary?, _ analysis: TraceAnalysis) -> JSONValue {
        guard let socket else { return .null }
        return [
            "inode": .unsigned(socket.id.inode), "born_ns": socket.id.bornAt.map { offset($0, analysis) } ?? .null,
            "endpoint": JSONValue(socket.endpoint?.description), "local": JSONValue(socket.local?.description),
            "remote": JSONValue(socket.remote?.description), "state": .unsigned(UInt64(socket.state)),
            "receive_queue_bytes": JSONValue(socket.receiveQueueBytes.map(UInt64.init)),
            "send_queue_bytes": JSONValue(socket.sendQueueBytes.map(UInt64.init)),
            "last_activity_by_snapshot_ns": socket.lastActivityByCensus.map { offset($0, analysis) } ?? .null,
            "read_deadline": JSONValue(socket.readDeadline?.rawValue),
            "closed_windows": closedWindows(socket.closedWindows, analysis),
            "closed_ns": socket.closedAt.map { offset($0, analysis) } ?? .null,
        ]
    }

    static func closedWindows(_ closed: ClosedWindows?, _ analysis: TraceAnalysis) -> JSONValue {
        guard let closed else { return .null }
        return [
            "sockets": .unsigned(closed.sockets), "snapshots": .unsigned(closed.censuses),
            "first": event(closed.first, analysis), "last": event(closed.last, analysis),
        ]
    }

    private static func hex(_ value: UInt64) -> String { "0x" + String(value, radix: 16) }
}
