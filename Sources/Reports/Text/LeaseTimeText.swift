// SPDX-License-Identifier: Apache-2.0
import Diagnosis
import TraceModel

/// Where the time of leases went, by pool and by call site: a table of shares.
enum LeaseTimeText {
    private static let siteLimit = 5
    private static let poolLimit = 256
    private static let columns: [(head: String, parts: [LeasePart])] = [
        ("pool", [.pool]), ("dial", [.lookUp, .connect, .handshake, .startUp, .dial]), ("send", [.send]),
        ("net", [.network]), ("server", [.peer]), ("net+server", [.remote]), ("queue", [.receiveQueue]),
        ("app", [.own]),
        ("?", [.noSocket, .summed, .unclear, .missing]),
    ]
    private static let reasons: [(part: LeasePart, text: String)] = [
        (.noSocket, "their socket is not known"), (.summed, "their calls were aggregated"),
        (.unclear, "the order of their calls does not show which side waited"),
        (.missing, "calls, or when they began, are not in the trace"),
    ]

    static func write(_ analysis: TraceAnalysis, to page: inout TextPage) {
        let all = analysis.pools.filter { $0.time.total > 0 }
        let pools = Array(all.prefix(poolLimit))
        if pools.isEmpty { return }
        page.blank()
        page.line("Where the time of leases went (% of wait and hold)", style: .heading)
        let shown = columns.filter { column in pools.contains { isShown(column.parts, in: $0) } }
        var rows = [["pool, call site", "leases", "mean hold", "p99"] + shown.map(\.head)]
        for pool in pools {
            rows.append(
                [pool.name] + cells(pool.time, leases: pool.holds.count, holds: pool.holds, shown.map(\.parts)))
            for site in pool.callSiteTimes.prefix(siteLimit) {
                rows.append(
                    ["  " + name(site.site)]
                        + cells(site.time, leases: site.leases, holds: site.holds, shown.map(\.parts)))
            }
        }
        page.table(rows, rightAligned: Set(1..<(4 + shown.count)))
        if all.count > poolLimit { page.line("  and \(all.count - poolLimit) more") }
        for pool in pools { writeNotes(pool, to: &page) }
        let lost = analysis.lost([.socketIO], since: analysis.startedAt)
        if lost > 0 {
            page.paragraph(
                "\(ReadableText.count(lost, "record")) of receives and sends are missing: what they would "
                    + "show may count as application time.",
                first: "  ! ")
        }
    }

    /// Half a percent of a pool or of a call site that is listed.
    private static func isShown(_ parts: [LeasePart], in pool: PoolSummary) -> Bool {
        ([pool.time] + pool.callSiteTimes.prefix(siteLimit).map(\.time)).contains { share(parts, of: $0) >= 0.005 }
    }

    private static func share(_ parts: [LeasePart], of time: LeaseTime) -> Double {
        time.total == 0 ? 0 : Double(parts.reduce(0) { $0 &+ time[$1] }) / Double(time.total)
    }

    private static func cells(
        _ time: LeaseTime, leases: UInt64, holds: DurationStatistics?, _ columns: [[LeasePart]]
    ) -> [String] {
        let mean = ReadableText.duration(.nanoseconds(Int64(clamping: time.hold / max(1, leases))))
        return ["\(leases)", mean, holds.map { ReadableText.duration($0.p99) } ?? "-"]
            + columns.map { parts in
                let share = share(parts, of: time)
                return share == 0 ? "-" : share < 0.005 ? "<1" : "\(Int((share * 100).rounded()))"
            }
    }

    /// The function without the folders of its package.
    private static func name(_ frame: StackFrame?) -> String {
        guard let frame else { return "(stack not known)" }
        let function = frame.function
        let folders = function.prefix { $0 != "(" && $0 != "[" }.lastIndex(of: "/")
        return folders.map { String(function[function.index(after: $0)...]) } ?? function
    }

    private static func writeNotes(_ pool: PoolSummary, to page: inout TextPage) {
        let untold = reasons.filter { share([$0.part], of: pool.time) >= 0.005 }
        if !untold.isEmpty {
            let texts = untold.map { "\($0.text) (\(ReadableText.share(share([$0.part], of: pool.time))))" }
            page.paragraph("\(pool.name): ?: " + texts.joined(separator: "; "), first: "  ")
        }
        guard Double(pool.time.dialling) >= 0.005 * Double(pool.time.total) else { return }
        let steps: [(LeasePart, String)] = [
            (.lookUp, "look-up"), (.connect, "connect"), (.handshake, "TLS"), (.startUp, "start-up"),
            (.dial, "not told apart"),
        ]
        let texts = steps.filter { pool.time[$0.0] > 0 }.map { part, text in
            "\(text) \(ReadableText.share(Double(pool.time[part]) / Double(pool.time.dialling)))"
        }
        page.paragraph("\(pool.name): dial: " + texts.joined(separator: ", "), first: "  ")
    }
}
