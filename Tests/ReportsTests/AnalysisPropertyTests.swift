// SPDX-License-Identifier: Apache-2.0
import Diagnosis
import Reports
import TestSupport
import Testing
import TraceFile
import TraceModel
import TraceScripts

/// What holds of every trace, whatever is in it: shown on scripts that together bring every result that a report has.
@Suite(.timeLimit(.minutes(15))) struct AnalysisPropertyTests {
    private static let scripts = TraceScript.everything().indices

    /// A debug build needs seconds for each report on a large script.
    private static func repeats(_ count: Int, of records: [TraceRecord]) -> Int { records.count > 300 ? 2 : count }

    private func correlator(of script: TraceScript, isEndKnown: Bool = true) -> Correlator {
        var correlator = Correlator()
        script.metadata.forEach { correlator.consume($0) }
        if isEndKnown, let end = script.end { correlator.consume(.end(end)) }
        return correlator
    }

    private func report(_ correlator: Correlator) -> String {
        var correlator = correlator.copy()
        correlator.finish()
        return JSONRenderer().render(RuleRegistry.report(on: correlator.analysis()), RenderOptions())
    }

    private func report(_ script: TraceScript, _ records: [TraceRecord]) -> String {
        var correlator = correlator(of: script)
        for (ordinal, record) in records.enumerated() { correlator.consume(record, ordinal: UInt64(ordinal)) }
        return report(correlator)
    }

    /// Records of one moment keep their order, as no file tells another.
    @Test(arguments: scripts) func orderInTheFileDoesNotMatterWithinTheLateness(_ index: Int) {
        let script = TraceScript.everything()[index]
        let ordered = script.records
        let expected = report(script, ordered)
        var random = SeededGenerator(seed: UInt64(index) &+ 7)
        for _ in 0..<Self.repeats(5, of: ordered) {
            var delays: [UInt64: UInt64] = [:]
            for record in ordered where delays[record.header.timestamp_ns] == nil {
                delays[record.header.timestamp_ns] = UInt64(random.below(900_000_000))
            }
            let arrival = ordered.map { $0.header.timestamp_ns &+ (delays[$0.header.timestamp_ns] ?? 0) }
            let order = ordered.indices.sorted { (arrival[$0], $0) < (arrival[$1], $1) }
            var sorter = RecordSorter(lateness: .seconds(1))
            var sorted: [TraceRecord] = []
            for place in order {
                let isKnown = ordered[place].withBytes { bytes in
                    sorter.insert(kind: ordered[place].header.kind, bytes: bytes) { sorted.append($0.record) }
                }
                #expect(isKnown)
            }
            sorter.finish { sorted.append($0.record) }
            #expect(sorter.lateRecords == 0)
            #expect(report(script, sorted) == expected)
        }
    }

    /// A live view shows at each moment what a trace would that is cut off there, and changes nothing by looking.
    @Test(arguments: scripts) func aViewIsTheReportOnATraceThatIsCutOffThere(_ index: Int) {
        let script = TraceScript.everything()[index]
        let records = script.records
        var random = SeededGenerator(seed: UInt64(index) &+ 11)
        let cuts = Set((0..<Self.repeats(11, of: records)).map { _ in random.below(records.count + 1) })
        var live = correlator(of: script, isEndKnown: false)
        for (ordinal, record) in records.enumerated() {
            if cuts.contains(ordinal) {
                var cut = correlator(of: script, isEndKnown: false)
                for (earlier, record) in records.prefix(ordinal).enumerated() {
                    cut.consume(record, ordinal: UInt64(earlier))
                }
                #expect(report(live) == report(cut), "before record \(ordinal)")
            }
            live.consume(record, ordinal: UInt64(ordinal))
        }
        if let end = script.end { live.consume(.end(end)) }
        #expect(report(live) == report(script, records), "looking has changed it")
    }

    /// Another socket, of another goroutine and server, that is opened, used and closed.
    @Test(arguments: scripts) func anUnrelatedSocketChangesNoFinding(_ index: Int) {
        let script = TraceScript.everything()[index]
        var busier = script
        let start = 3.5
        busier.connect(at: start, inode: 0xffff_0001, descriptor: 501, goroutine: 900_001, port: 9)
        for round in 0..<7 {
            busier.query(at: start + 10 + Double(round) * 1500, inode: 0xffff_0001, goroutine: 900_001, took: 2)
        }
        busier.socketClose(at: start + 11_000, inode: 0xffff_0001, goroutine: 900_001)
        let (plain, other) = (findings(script), findings(busier))
        #expect(plain == other)
    }

    /// What a finding is, without the places of its events in the file.
    private func findings(_ script: TraceScript) -> [String] {
        var correlator = correlator(of: script)
        for (ordinal, record) in script.records.enumerated() { correlator.consume(record, ordinal: UInt64(ordinal)) }
        correlator.finish()
        return RuleRegistry.report(on: correlator.analysis()).findings.map { finding in
            let numbers = finding.evidence.flatMap(\.measurements).map { "\($0.name)=\($0.value)" }
            return
                "\(finding.rule) \(finding.subject) \(finding.count) \(finding.severity) \(finding.confidence.level) "
                + numbers.joined(separator: " ")
        }
    }

    /// The kernel's sums of calls tell of an endpoint what the calls tell one by one: how much, and when last.
    @Test func sumsTellWhatSingleCallsTell() throws {
        let calls = 307
        var (single, summed) = (TraceScript(), TraceScript())
        for at in 0..<calls { single.query(at: 100 + Double(at) * 10, inode: 900, goroutine: 20, took: 1) }
        summed.detail(at: 50, inode: 900, rate: 150_000, limit: 100_000)
        let last = 100 + Double(calls - 1) * 10
        summed.sum(at: last + 5, inode: 900, since: 50, calls: UInt64(calls), sent: last, received: last + 1)
        func endpoint(_ script: TraceScript) throws -> EndpointSummary {
            var script = script
            script.connect(at: 1, inode: 900, descriptor: 7)
            var correlator = correlator(of: script)
            for (ordinal, record) in script.records.enumerated() {
                correlator.consume(record, ordinal: UInt64(ordinal))
            }
            correlator.finish()
            return try #require(correlator.analysis().endpoints.first)
        }
        let (one, other) = (try endpoint(single), try endpoint(summed))
        #expect(one.receivedBytes == other.receivedBytes && one.sentBytes == other.sentBytes)
        #expect(one.sockets == other.sockets && one.openSockets == other.openSockets)
    }
}
