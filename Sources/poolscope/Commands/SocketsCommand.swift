// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Diagnosis
import Reports
import TraceFile
import TraceModel

struct SocketsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sockets", abstract: "Print every socket of a trace: its calls, bytes and times, and its leases.",
        discussion: """
            One socket a line, those with the most bytes first: its inode; its receives, their bytes, and how long they \
            took (p50 and p99 of those with a known duration, a read that waits included); its sends; the leases that \
            were given on it, and how long those that ended were held; its peer, after '<' where the peer connected. \
            Nothing is judged: that is what 'analyze' does. With --format json each line is an object \
            (docs/report-schema.md). A socket's records are printed by 'show --socket'.
            """)

    @Argument(help: "The trace.")
    var trace: String

    @Option(help: "text, or json: one object a line.")
    var format: ResultFormat = .text

    @Option(help: "What comes first: the most bytes, calls, time (spent in calls) or leases.")
    var sort: SocketOrder = .bytes

    @Option(help: "Only so many; 0: all.")
    var limit = 0

    @Option(help: "Only with this in the peer's address, or in their own where there is no peer, such as ':5432'.")
    var endpoint: String?

    @Flag(help: "Only those of which no close is in the trace.")
    var open = false

    func validate() throws {
        if limit < 0 { throw ValidationError("--limit cannot be negative.") }
    }

    func run() throws {
        try reportingFailure {
            let reader = try TraceReader(path: trace)
            let description = try reader.description()
            var ledger = TrafficLedger()
            if let plan = description.plan { ledger.consume(.plan(plan)) }
            if let end = description.end { ledger.consume(.end(end)) }
            let summary = try reader.forEachInTimeOrder { ledger.consume($0) }
            for loss in summary.lossRecords() { ledger.consume(loss) }
            print(ledger)
            if !summary.isWhole { StandardError.write("note: the trace is damaged or was cut off.") }
        }
    }

    private func print(_ ledger: TrafficLedger) {
        let printer = SocketPrinter(wallClock: ledger.wallClock)
        let wanted = sort.sorted(ledger.all.filter(isWanted))
        let listed = limit == 0 ? wanted[...] : wanted.prefix(limit)
        if format == .text, !listed.isEmpty { Swift.print(SocketPrinter.heading) }
        for socket in listed { Swift.print(format == .json ? printer.json(socket) : printer.text(socket)) }
        let more = UInt64(wanted.count - listed.count)
        if more > 0 { StandardError.write("note: \(ReadableText.count(more, "socket")) more: see --limit.") }
        for note in notes(on: ledger) { StandardError.write("note: \(note)") }
    }

    /// What is missing.
    private func notes(on ledger: TrafficLedger) -> [String] {
        var notes: [String] = []
        if ledger.lostCount > 0 {
            notes.append("\(ledger.lostCount) records were lost: calls, sockets or leases may be missing.")
        }
        if ledger.unjoinedLeases > 0 {
            let leases = ReadableText.count(ledger.unjoinedLeases, "lease")
            notes.append("\(leases) of which no socket was found: not counted.")
        }
        if ledger.untimed > 0 {
            let sockets = ReadableText.count(ledger.untimed, "socket")
            notes.append("\(sockets) without times: more than \(TrafficLedger.timedLimit) were open.")
        }
        if ledger.unlisted > 0 {
            let sockets = "sockets beyond the first \(TrafficLedger.limit)"
            notes.append("\(sockets) are not listed: \(ReadableText.count(ledger.unlisted, "record")).")
        }
        return notes
    }

    private func isWanted(_ socket: SocketTraffic) -> Bool {
        if open, socket.closedAt != nil { return false }
        guard let endpoint else { return true }
        return socket.endpoint?.description.contains(endpoint) ?? false
    }
}
