// SPDX-License-Identifier: Apache-2.0
import Diagnosis
import TraceModel

/// What was asked of name servers, and how long their answers took.
enum NameServerText {
    private static let limit = 5

    static func write(_ analysis: TraceAnalysis, to page: inout TextPage) {
        if analysis.nameServers.isEmpty { return }
        page.blank()
        page.line("Name servers", style: .heading)
        var rows = [["server", "queries", "unanswered", "no such name", "failed", "p50", "p99"]]
        for server in analysis.nameServers.prefix(limit) {
            let isAnswered = server.latency.count > 0
            rows.append([
                server.server?.description ?? "unknown", "\(server.queries)", "\(server.unanswered)",
                "\(server.absent)", "\(server.failures)",
                isAnswered ? ReadableText.duration(server.latency.p50) : "-",
                isAnswered ? ReadableText.duration(server.latency.p99) : "-",
            ])
        }
        page.table(rows, rightAligned: Set(1...6))
        if analysis.nameServers.count > limit { page.line("  and \(analysis.nameServers.count - limit) more") }
        for server in analysis.nameServers.prefix(limit) {
            for name in server.names.filter({ $0.unanswered > 0 || $0.absent > 0 }).prefix(limit) {
                page.paragraph(remark(on: name), first: "  ")
            }
        }
    }

    private static func remark(on name: NameQuerySummary) -> String {
        var parts = ["\(name.name): \(name.queries == 1 ? "1 query" : "\(name.queries) queries")"]
        if name.unanswered > 0 { parts.append("\(name.unanswered) not answered") }
        if name.absent > 0 { parts.append("\(name.absent) no such name") }
        return parts.joined(separator: ", ")
    }
}
