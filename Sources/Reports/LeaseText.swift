// SPDX-License-Identifier: Apache-2.0
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
        page.paragraph(holder(lease), first: "     holder  ")
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
        } else if time.analysis.isTraced("socket_io") {
            parts.append("no I/O since the acquire")
        } else if let last = socket.lastActivityByCensus {
            parts.append("silent for \(time.since(last)), by the kernel's own count")
        } else {
            parts.append("its I/O is not known")
        }
        if let closed = socket.closedAt { parts.append("closed at \(time.offset(closed))") }
        if let unread = socket.receiveQueueBytes, unread > 0 {
            parts.append("\(ReadableText.bytes(UInt64(unread))) not read")
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

    private static func holder(_ lease: LeaseSummary) -> String {
        let event = lease.condition.event.map { " [\($0)]" } ?? ""
        let status = lease.condition.statusText.map { ", \($0)" } ?? ""
        let handed = lease.isHandedOver ? "; another used the socket last" : ""
        return switch lease.condition.state {
        case .ended: "\(lease.holder) has ended\(event)\(handed)"
        case .exists: "\(lease.holder) still exists\(status)\(event)\(handed)"
        case .unknown: "\(lease.holder), whether it still exists is not known\(handed)"
        }
    }
}
