// SPDX-License-Identifier: Apache-2.0
public import Diagnosis
import TraceModel

/// What is known of a recording that goes on, on one page of a terminal: the worst first, and what there is no room for left
/// out. Numbers are from the start of the recording on, but for those that are said to be of a second: since the page before.
public struct LiveView {
    private static let findingLimit = 6
    private static let poolLimit = 8
    private static let leaseLimit = 8

    /// Of the page before.
    private var before: (at: MonotonicInstant, records: UInt64, acquires: [PoolID: UInt64])?

    public init() {}

    /// The next page, without a line break at its end.
    ///
    /// - Parameters:
    ///   - columns: of the terminal.
    ///   - rows: of the terminal; `nil`: as many as there is to say.
    public mutating func page(_ report: Report, columns: Int, rows: Int?, isColored: Bool) -> String {
        let analysis = report.analysis
        let records = analysis.recordCounts.values.reduce(0, &+)
        var page = TextPage(isColored: isColored, width: max(40, columns))
        page.line(heading(analysis, records: records), style: .heading)
        page.line(VerdictText.sentence(report), style: VerdictText.style(report))
        Self.write(report.findings, TraceTime(analysis: analysis), to: &page)
        write(analysis.pools.prefix(Self.poolLimit), at: analysis.endedAt, to: &page)
        Self.write(analysis.openLeases.prefix(Self.leaseLimit), of: analysis, to: &page)
        EndpointText.write(analysis, to: &page)
        before = (
            analysis.endedAt, records, Dictionary(analysis.pools.map { ($0.id, $0.acquires) }) { first, _ in first }
        )
        let lines = page.text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
        return lines.prefix(rows ?? lines.count).joined(separator: "\n")
    }

    private func heading(_ analysis: TraceAnalysis, records: UInt64) -> String {
        let process = analysis.process.map { "\($0.name) (\($0.processID))" } ?? "process"
        let lost = analysis.losses.reduce(0) { $0 &+ $1.count }
        return "\(process)  \(ReadableText.duration(analysis.duration))  "
            + "\(rate(records, before?.records, at: analysis.endedAt)) records/s  \(lost) lost  Ctrl-C ends it"
    }

    /// A second, since the page before.
    private func rate(_ count: UInt64, _ last: UInt64?, at now: MonotonicInstant) -> String {
        guard let before, let last, now > before.at, count >= last else { return "-" }
        let milliseconds = UInt64(max(1, (now - before.at).wholeNanoseconds / 1_000_000))
        return "\(((count - last) &* 1000 &+ milliseconds / 2) / milliseconds)"
    }

    private static func write(_ findings: [Finding], _ time: TraceTime, to page: inout TextPage) {
        if findings.isEmpty { return }
        page.blank()
        for finding in findings.prefix(findingLimit) {
            page.line(
                "\(finding.severity.rawValue) \(finding.rule): \(finding.headline), since \(time.offset(finding.firstSeen)) "
                    + "(\(finding.confidence.level.rawValue))",
                style: VerdictText.style(finding.severity))
        }
        if findings.count > findingLimit { page.line("and \(findings.count - findingLimit) more") }
    }

    private func write(_ pools: ArraySlice<PoolSummary>, at now: MonotonicInstant, to page: inout TextPage) {
        if pools.isEmpty { return }
        page.blank()
        var rows = [["pool", "in use/max", "waiting", "acquires/s", "hold p50", "p99", "wait p50", "p99"]]
        for pool in pools {
            let maximum = pool.audit?.maximumOpen.map { $0 == 0 ? "none" : "\($0)" } ?? "?"
            rows.append([
                pool.name, "\(pool.openLeases)/\(maximum)", "\(pool.stillWaiting)",
                rate(pool.acquires, before?.acquires[pool.id], at: now), PoolText.text(pool.holds, pool.holds.p50),
                PoolText.text(pool.holds, pool.holds.p99), PoolText.text(pool.waits, pool.waits.p50),
                PoolText.text(pool.waits, pool.waits.p99),
            ])
        }
        page.table(rows, rightAligned: Set(1...7), indent: "")
    }

    /// The oldest first.
    private static func write(
        _ leases: ArraySlice<LeaseSummary>, of analysis: TraceAnalysis, to page: inout TextPage
    ) {
        if leases.isEmpty { return }
        let time = TraceTime(analysis: analysis)
        let names = Dictionary(analysis.pools.map { ($0.id, $0.name) }) { first, _ in first }
        page.blank()
        var rows = [["acquired by", "pool", "out for", "silent for", "holder", "fd"]]
        for lease in leases {
            let silence = lease.lastActivity.map { time.since($0.timestamp) } ?? "-"
            rows.append([
                lease.stack?.site.map(StackText.place) ?? "?", names[lease.pool] ?? "?",
                time.since(lease.acquired.timestamp), silence, lease.holder.description,
                lease.descriptor.map { "\($0)" } ?? "-",
            ])
        }
        page.table(rows, rightAligned: [2, 3, 5], indent: "")
    }
}
