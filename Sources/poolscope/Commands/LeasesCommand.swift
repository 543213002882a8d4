// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Diagnosis
import Reports
import TraceFile
import TraceModel

struct LeasesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "leases", abstract: "Print every lease of a trace: who took which connection, and how it ended.",
        discussion: """
            One lease a line, in the order in which they ended, then those that are open, the oldest first. With \
            --failed, the acquires that came back with an error instead, and how: by their own context or not. With \
            --format json each line is an object (docs/report-schema.md). A lease's records are found by 'show --event'.
            """)

    @Argument(help: "The trace.")
    var trace: String

    @Option(help: "text, or json: one object a line.")
    var format: ResultFormat = .text

    @Flag(help: "Print where the time of each went: pool, dial, network, peer, own (docs/lease-time.md).")
    var parts = false

    @Option(help: "Only of this pool: its name, such as 'database/sql #1', its library, or its address.")
    var pool: String?

    @Option(help: "Only with this in the acquiring stack: a part of a function's name, or of file.go:42.")
    var site: String?

    @Flag(help: "Only those that were open when the trace ended.")
    var open = false

    @Flag(help: "The acquires that failed, instead of leases.")
    var failed = false

    @Option(
        help: "Only those that were held for at least this long, such as 200ms.", transform: DurationArgument.parse)
    var longerThan: DurationArgument?

    func run() throws {
        try reportingFailure {
            let reader = try TraceReader(path: trace)
            var analyzer = TraceAnalyzer(try Analysis.metadata(of: reader), keepsEndedLeases: true)
            let losses = try reader.forEach { analyzer.correlator.foresee($0) }.lossRecords()
            for loss in losses { analyzer.correlator.foresee(loss) }
            var printer = LeaseLines(filter: filter, format: format, showsParts: parts)
            let summary = try reader.forEachInTimeOrder { record in
                if analyzer.consume(record) % 1024 == 0 { take(from: &analyzer.correlator, to: &printer) }
            }
            analyzer.finish(losses: summary.lossRecords())
            take(from: &analyzer.correlator, to: &printer)
            if !failed { printer.print(analyzer.analysis().openLeases, of: analyzer.correlator) }
            let lost = analyzer.correlator.lostCount
            if lost > 0 {
                StandardError.write("note: \(lost) records were lost: leases, or their ends, may be missing.")
            }
            if !summary.isWhole { StandardError.write("note: the trace is damaged or was cut off.") }
        }
    }

    private func take(from correlator: inout Correlator, to printer: inout LeaseLines) {
        let failures = correlator.takeFailedAcquires()
        let leases = correlator.takeEndedLeases()
        if failed { printer.print(failures, of: correlator) } else { printer.print(leases, of: correlator) }
    }

    private var filter: LeaseFilter {
        var filter = LeaseFilter()
        filter.pool = pool
        filter.site = site
        filter.isOpenOnly = open
        filter.minimumHold = longerThan?.duration
        return filter
    }
}
