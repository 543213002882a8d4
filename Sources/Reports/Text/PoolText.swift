// SPDX-License-Identifier: Apache-2.0
import Diagnosis
import TraceModel

enum PoolText {
    /// Of a program that makes thousands; JSON has all.
    private static let limit = 256

    static func write(_ analysis: TraceAnalysis, to page: inout TextPage) {
        if analysis.pools.isEmpty { return }
        page.blank()
        page.line("Pools", style: .heading)
        var rows = [["pool", "open", "peak/max", "taken", "hold p50", "p99", "wait p50", "p99"]]
        for pool in analysis.pools.prefix(limit) {
            let maximum = pool.audit?.maximumOpen.map { $0 == 0 ? "none" : "\($0)" } ?? "?"
            rows.append([
                pool.name, "\(pool.openLeases)", "\(pool.peakInUse)/\(maximum)", "\(pool.acquires)",
                text(pool.holds, pool.holds.p50), text(pool.holds, pool.holds.p99), text(pool.waits, pool.waits.p50),
                text(pool.waits, pool.waits.p99),
            ])
        }
        page.table(rows, rightAligned: Set(1...7))
        if analysis.pools.count > limit { page.line("  and \(analysis.pools.count - limit) more") }
        let time = TraceTime(analysis: analysis)
        for pool in analysis.pools.prefix(limit) { writeNotes(pool, time, to: &page) }
    }

    static func text(_ statistics: DurationStatistics, _ value: Duration) -> String {
        statistics.count == 0 ? "-" : ReadableText.duration(value)
    }

    private static func writeNotes(_ pool: PoolSummary, _ time: TraceTime, to page: inout TextPage) {
        var notes: [String] = []
        let endpoints = pool.endpoints.prefix(3).map(\.description)
        if !endpoints.isEmpty { notes.append("connects to " + endpoints.joined(separator: ", ")) }
        if pool.dials.count > 0 {
            notes.append(
                "\(ReadableText.count(pool.dials.count, "acquire")) dialled (p99 \(ReadableText.duration(pool.dials.p99)))"
            )
        }
        if pool.failures > 0 { notes.append(failures(pool)) }
        if let mean = pool.reuse.leasesPerConnection {
            notes.append(
                "\(ReadableText.count(pool.reuse.leases, "lease")) on "
                    + "\(ReadableText.count(pool.reuse.connections, "connection")) (\(ReadableText.number(mean)) each, "
                    + "\(pool.reuse.newLeases) opened in the trace)")
        }
        if pool.endings.closed > 0 || pool.endings[.unknown] > 0 { notes.append(endings(pool.endings)) }
        let before = pool.releasesWithoutLease &- min(pool.releasesWithoutLease, pool.missedAcquires)
        if before > 0 {
            notes.append("\(ReadableText.count(before, "release")) of leases from before the trace")
        }
        if pool.missedReleases > 0 { notes.append("\(ReadableText.count(pool.missedReleases, "release")) missed") }
        if let agreement = BooksText.agreement(pool) { notes.append(agreement) }
        if !notes.isEmpty {
            page.paragraph("\(pool.name): " + notes.joined(separator: "; "), first: "  ")
        }
        for failure in pool.failuresByError.prefix(3) {
            for site in failure.sites.prefix(3) { page.paragraph(place(site, of: failure, time), first: "    ") }
        }
        for sentence in BooksText.differences(pool) { page.paragraph(sentence, first: "  ! ") }
    }

    private static func failures(_ pool: PoolSummary) -> String {
        let types = pool.failuresByError.prefix(3).map { "\($0.errorType) \($0.count)" }
        let waits = pool.failureWaits
        let waited =
            waits.count == 0
            ? "" : " after p50 \(ReadableText.duration(waits.p50)), p99 \(ReadableText.duration(waits.p99))"
        return "\(ReadableText.count(pool.failures, "acquire")) failed\(waited) (\(types.joined(separator: ", ")))"
    }

    /// Who asked for the acquires that failed, and when.
    private static func place(_ site: FailedSite, of failure: FailedAcquires, _ time: TraceTime) -> String {
        let meaning =
            switch failure.cancellation {
            case .cancelled: "cancelled"
            case .deadline: "deadline passed"
            case .unknown, .other: "failed"
            }
        let place = site.stack?.site.map(StackText.place) ?? "a place that is not known"
        let first = time.offset(site.first.timestamp)
        let span = site.count == 1 ? "at \(first)" : "from \(first) to \(time.offset(site.last.timestamp))"
        return "\(meaning) \(site.count) at \(place), \(span), last \(site.lastHolder) [\(site.last)]"
    }

    private static func endings(_ endings: LeaseEndings) -> String {
        let counts = LeaseEnding.Kind.allCases.filter { endings[$0] > 0 }.map { kind in
            kind == .unknown ? "\(endings[kind]) ended unseen" : "\(endings[kind]) \(kind.rawValue)"
        }
        return counts.joined(separator: ", ")
    }
}
