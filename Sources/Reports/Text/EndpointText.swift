// SPDX-License-Identifier: Apache-2.0
import Diagnosis
import TraceModel

enum EndpointText {
    private static let limit = 10

    static func write(_ analysis: TraceAnalysis, to page: inout TextPage) {
        if analysis.endpoints.isEmpty { return }
        page.blank()
        page.line("Endpoints", style: .heading)
        let listed = analysis.endpoints.prefix(limit)
        let isNamed = listed.contains { $0.name != nil }
        var rows = [["endpoint", "sockets", "open", "failed", "received", "sent", "rtt"] + (isNamed ? ["name"] : [])]
        for endpoint in listed {
            let name = isNamed ? [endpoint.name ?? "-"] : []
            rows.append(
                [
                    endpoint.endpoint.description + (endpoint.isAccepting ? " (listening)" : ""), "\(endpoint.sockets)",
                    "\(endpoint.openSockets)", "\(endpoint.failedConnects)", ReadableText.bytes(endpoint.receivedBytes),
                    ReadableText.bytes(endpoint.sentBytes), endpoint.roundTrip.map(ReadableText.duration) ?? "-",
                ] + name)
        }
        page.table(rows, rightAligned: Set(1...6))
        let more = UInt64(max(0, analysis.endpoints.count - limit)) &+ analysis.irregularities.unlistedEndpoints
        if more > 0 { page.line("  and \(more) more") }
        let time = TraceTime(analysis: analysis)
        for endpoint in listed {
            guard let closed = endpoint.closedWindows else { continue }
            page.paragraph(ClosedWindowText.line(endpoint, closed, time), first: "  ")
        }
        for stray in analysis.strayDatagrams.prefix(limit) {
            page.paragraph(
                "\(ReadableText.count(stray.peer.receivedDatagrams, "datagram")) for "
                    + "\(stray.local?.description ?? "an unknown address") came from \(stray.peer.peer), to which nothing was sent",
                first: "  ")
        }
    }
}
