// SPDX-License-Identifier: Apache-2.0
import Diagnosis
import TraceModel

/// How long new connections took, part by part.
enum BirthText {
    private static let limit = 10

    static func write(_ analysis: TraceAnalysis, to page: inout TextPage) {
        let failing = analysis.nameLookups.filter { $0.failures > 0 }
        if analysis.births.isEmpty, failing.isEmpty { return }
        page.blank()
        page.line("New connections (p99 of each part that is known)", style: .heading)
        if !analysis.births.isEmpty { writeTable(analysis, to: &page) }
        let more = UInt64(max(0, analysis.births.count - limit)) &+ analysis.irregularities.unlistedBirths
        if more > 0 { page.line("  and \(more) more") }
        for birth in analysis.births.prefix(limit) where birth.failedHandshakes > 0 {
            page.paragraph(
                "\(birth.endpoint): \(ReadableText.count(birth.failedHandshakes, "TLS handshake")) failed", first: "  ")
        }
        for lookup in failing.prefix(limit) {
            page.paragraph(
                "\(lookup.name): \(lookup.failures) of \(ReadableText.count(lookup.lookups, "name look-up")) failed "
                    + "(p99 \(ReadableText.duration(lookup.duration.p99)))", first: "  ")
        }
    }

    private static func writeTable(_ analysis: TraceAnalysis, to page: inout TextPage) {
        var rows = [["endpoint", "pool", "new", "look-up", "connect", "TLS", "start-up"]]
        for birth in analysis.births.prefix(limit) {
            rows.append([
                birth.endpoint.description, birth.pool.flatMap { analysis.pool($0)?.name } ?? "-",
                "\(birth.connections)", text(birth.lookup), text(birth.connect), text(birth.handshake),
                text(birth.startUp),
            ])
        }
        page.table(rows, rightAligned: Set(2...6))
    }

    private static func text(_ statistics: DurationStatistics) -> String {
        statistics.count == 0 ? "-" : ReadableText.duration(statistics.p99)
    }
}
