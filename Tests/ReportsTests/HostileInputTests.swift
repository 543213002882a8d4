// SPDX-License-Identifier: Apache-2.0
import Diagnosis
import CTraceRecords
import Reports
import Testing
import TestSupport
import TraceModel
import TraceScripts

/// What comes from a target or a file may be anything: it may neither crash the analysis nor reach the terminal.
@Suite(.timeLimit(.minutes(15))) struct HostileInputTests {
    private let hostile =
        "a\u{1b}[31m\u{7}\r\n\u{202e}b\u{200b}\u{9b}2J\u{e000}" + String(repeating: "long/", count: 60)

    @Test(arguments: ["text", "json"]) func controlCharactersDoNotGetThrough(_ format: String) throws {
        var script = TraceScript.leakingService()
        script.process.name = hostile
        script.process.hostName = hostile
        script.plan.blindSpots = [hostile]
        script.plan.pools[0].adapter = hostile
        script.plan.kernelProbes[0].note = hostile
        script.site(1, hostile, hostile, 7)
        script.unixPath(at: 2, inode: 900, Array(hostile.utf8))
        script.end = TraceEnd(reason: hostile, endedAt: TraceScript.instant(30_000), lost: [hostile: 1])
        let output = try #require(ReportRegistry.renderer(format: format)).render(report(script), RenderOptions())
        let foul = output.unicodeScalars.filter { scalar in
            scalar != "\n" && [.control, .format, .privateUse].contains(scalar.properties.generalCategory)
        }
        #expect(foul.isEmpty)
        if format == "text" { #expect(output.split(separator: "\n").allSatisfy { $0.count <= 80 }) }
    }

    @Test func colourIsTheOnlyEscape() {
        let script = TraceScript.leakingService()
        let plain = TextRenderer().render(report(script), RenderOptions())
        let colored = TextRenderer().render(report(script), RenderOptions(isColored: true))
        #expect(!plain.contains("\u{1b}"))
        #expect(colored.contains("\u{1b}[1;31m"))
        #expect(colored.replacing(/\u{1b}\[[0-9;]*m/, with: "") == plain)
    }

    @Test(arguments: 1...12) func randomRecordsMakeAReport(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var correlator = Correlator(keepsEndedLeases: true)
        TraceScript().metadata.forEach { correlator.consume($0) }
        var leases: [LeaseSummary] = []
        let kindAt = try #require(MemoryLayout<ps_header>.offset(of: \.kind))
        let schemas = UnsafeBufferPointer(start: ps_record_schemas, count: Int(ps_record_schema_count))
        for ordinal in 0..<UInt64(3000) {
            let schema = try #require(schemas.randomElement(using: &random))
            // Small numbers meet each other; large ones overflow.
            let isSmall = random.next() % 4 > 0
            var bytes = [UInt8](repeating: 0, count: Int(schema.size))
            for index in bytes.indices where !isSmall || index % 8 == 0 {
                bytes[index] = UInt8(truncatingIfNeeded: isSmall ? random.next() % 5 : random.next())
            }
            withUnsafeBytes(of: schema.kind) { bytes.replaceSubrange(kindAt..<(kindAt + $0.count), with: $0) }
            if let record = bytes.withUnsafeBytes({ TraceRecord(kind: schema.kind, bytes: $0) }) {
                correlator.foresee(record)
                correlator.consume(record, ordinal: ordinal)
            }
            if ordinal % 1000 == 0 { _ = correlator.analysis() }
            if ordinal % 100 == 0 { leases += correlator.takeEndedLeases() }
        }
        correlator.finish()
        leases += correlator.takeEndedLeases() + correlator.analysis().openLeases
        #expect(Set(leases.map(\.id.generation)).count == leases.count, "each lease once")
        #expect(leases.count > 3)
        let printer = LeasePrinter(correlator.moments())
        for lease in leases {
            #expect(printer.text(lease, poolNumber: 1).count <= 100)
            #expect(printer.json(lease, poolName: "pool").hasSuffix("}"))
        }
        let report = RuleRegistry.report(on: correlator.analysis())
        for renderer in ReportRegistry.all {
            let output = renderer.render(report, RenderOptions())
            #expect(output.hasSuffix("\n"))
            #expect(output == renderer.render(report, RenderOptions()), "the same report, the same bytes")
        }
    }

    @Test func sameTraceGivesTheSameBytes() {
        let script = TraceScript.leakingService()
        let outputs = (0..<5).map { _ in JSONRenderer().render(report(script), RenderOptions()) }
        #expect(Set(outputs).count == 1)
    }
}
