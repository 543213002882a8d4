// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Glibc
import Reports
import TraceFile
import TraceModel

struct ShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Print the records of a trace.",
        discussion: """
            One record a line, in the order of time. With --format json each line is an object whose keys are the field \
            names of docs/file-format.md. A finding's events are found by --event.
            """)

    @Argument(help: "The trace.")
    var trace: String

    @Option(help: "text, or json: one object a line.")
    var format: ResultFormat = .text

    @Option(help: "Only the record with this number, as findings cite it.")
    var event: [UInt64] = []

    @Option(help: "Only records of this kind, such as socket_io.")
    var kind: [String] = []

    @Option(help: "Only records about this socket, by inode.")
    var socket: UInt64?

    @Option(help: "Only records about this lease: the connection's address, such as 0xc000123400.")
    var lease: AddressArgument?

    @Option(help: "Only records after this offset from the start.", transform: DurationArgument.parse)
    var from: DurationArgument?

    @Option(help: "Only records before this offset from the start.", transform: DurationArgument.parse)
    var to: DurationArgument?

    func run() throws {
        try reportingFailure {
            let printer = RecordPrinter()
            for name in kind where !printer.recordNames.contains(name) {
                throw UnknownKind(name: name, known: printer.recordNames)
            }
            let reader = try TraceReader(path: trace)
            var start: MonotonicInstant?
            var ordinal: UInt64 = 0
            let summary = try reader.forEachInTimeOrder { view in
                let record = view.record
                defer { ordinal += 1 }
                let instant = MonotonicInstant(nanoseconds: record.header.timestamp_ns)
                let origin = start ?? instant
                start = origin
                guard isWanted(record, ordinal: ordinal, offset: instant - origin, printer) else { return }
                switch format {
                case .json: print(printer.json(record, ordinal: ordinal))
                case .text: print(printer.text(record, ordinal: ordinal, start: origin))
                }
            }
            if !summary.isWhole { StandardError.write("note: the trace is damaged or was cut off.") }
        }
    }

    private func isWanted(_ record: TraceRecord, ordinal: UInt64, offset: Duration, _ printer: RecordPrinter) -> Bool {
        if !event.isEmpty, !event.contains(ordinal) { return false }
        if !kind.isEmpty, !kind.contains(printer.name(of: record)) { return false }
        if let from, offset < from.duration { return false }
        if let to, offset > to.duration { return false }
        if let socket, record.socketInode != socket { return false }
        if let lease, record.leaseConnection != lease.value { return false }
        return true
    }
}

struct UnknownKind: Error, CustomStringConvertible {
    let name: String
    let known: [String]
    var description: String { "There is no record kind '\(name)'. There are: \(known.joined(separator: ", "))." }
}

/// An address as reports print it, with or without 0x.
struct AddressArgument: ExpressibleByArgument {
    let value: UInt64

    init?(argument: String) {
        let digits = argument.hasPrefix("0x") ? String(argument.dropFirst(2)) : argument
        guard let value = UInt64(digits, radix: 16) else { return nil }
        self.value = value
    }
}
