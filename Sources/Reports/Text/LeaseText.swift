// SPDX-License-Identifier: Apache-2.0
import Diagnosis
import TraceModel

/// One leaked lease.
enum LeaseText {
    static func write(_ lease: LeaseSummary, number: Int, _ time: TraceTime, to page: inout TextPage) {
        let connection = "0x" + String(lease.id.connection, radix: 16)
        page.paragraph(
            "held for \(time.since(lease.acquired.timestamp)) (since \(time.offset(lease.acquired.timestamp))), "
                + "connection \(connection) [\(lease.acquired)]",
            first: "   lease \(number)  ")
        page.paragraph(silence(lease, time), first: "     socket  ")
        page.paragraph(holder(lease, time), first: "     holder  ")
    }

    private static func silence(_ lease: LeaseSummary, _ time: TraceTime) -> String {
        guard let socket = lease.socket else {
            let descriptor = lease.descriptor.map { ", fd \($0)" } ?? ""
            return "not known\(descriptor)"
        }
        var parts = [socket.endpoint?.description ?? socket.id.description]
        parts.append(lease.descriptor.map { "fd \($0)" } ?? "fd not known")
        if let last = lease.lastActivity {
            parts.append("silent for \(time.since(last.timestamp)) (since \(time.offset(last.timestamp))) [\(last)]")
        } else if time.analysis.isTraced(.socketIO) {
            parts.append("no I/O since the acquire")
        } else if let last = socket.lastActivityByCensus {
            parts.append("silent for \(time.since(last)), by the kernel's counters")
        } else {
            parts.append("its I/O is not known")
        }
        if socket.readDeadline == ReadDeadline.none, let since = lease.awaitingAnswerSince, socket.closedAt == nil {
            parts.append("has waited for an answer for \(time.since(since)), without a deadline")
        }
        if let closed = socket.closedAt { parts.append("closed at \(time.offset(closed))") }
        if let unread = socket.receiveQueueBytes, unread > 0 {
            parts.append("\(ReadableText.bytes(UInt64(unread))) not read")
        }
        if let closed = socket.closedWindows {
            parts.append("its peer did not read: \(ClosedWindowText.moments(closed, time))")
        }
        parts.append("found by \(method(lease.join))")
        return parts.joined(separator: ", ")
    }

    private static func method(_ join: JoinMethod) -> String {
        switch join {
        case .walked: "walking from the connection"
        case .walkedLater: "walking from the connection later"
        case .witness: "the holder's use"
        case .none: "nothing"
        }
    }

    /// Where the holder is; `nil`: its stack is not known.
    private static func place(_ condition: HolderCondition, _ time: TraceTime) -> String? {
        guard let site = condition.stack?.site else { return nil }
        let doing =
            switch (condition.waitReason, condition.statusText) {
            case (let reason?, _): "waits: \(reason)"
            case (nil, "waiting"): "waits"
            case (nil, let status?): "is \(status)"
            case (nil, nil): "is"
            }
        // Of one audit, the moment is its event's; of several, how long they span is what tells a leak.
        let span = condition.thereSince.flatMap { since in condition.event.map { $0.timestamp - since } } ?? .zero
        let seen = span > .zero ? ", seen so for \(ReadableText.duration(span))," : ""
        return "\(doing)\(seen) at \(StackText.place(site))"
    }

    private static func holder(_ lease: LeaseSummary, _ time: TraceTime) -> String {
        let event = lease.condition.event.map { " [\($0)]" } ?? ""
        let status = lease.condition.statusText.map { ", \($0)" } ?? ""
        let handed = lease.isHandedOver ? "; another used the socket last" : ""
        return switch lease.condition.state {
        case .ended: "\(lease.holder) has ended\(event)\(handed)"
        case .exists: "\(lease.holder) \(place(lease.condition, time) ?? "still exists\(status)")\(event)\(handed)"
        case .unknown: "\(lease.holder), whether it still exists is not known\(handed)"
        }
    }
}
