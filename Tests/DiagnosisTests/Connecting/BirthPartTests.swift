// SPDX-License-Identifier: Apache-2.0
@testable import Diagnosis
import Testing
import TraceModel
import TraceScripts

/// `slow-connect`: the parts of a new connection that are no TCP.
@Suite(.timeLimit(.minutes(15))) struct BirthPartTests {
    /// `count` connections by name, each looked up, dialled, shaken hands with and leased, in ms.
    private func births(_ count: UInt64 = 3, lookup: Double = 1, handshake: Double = 1, startUp: Double = 1)
        -> TraceScript
    {
        var script = TraceScript()
        script.traceLookups()
        script.traceHandshakes()
        for index in 0..<count {
            var at = 100 + Double(index) * 10_000
            let (inode, goroutine) = (900 + index, 20 + index)
            script.begin(at: at, goroutine: goroutine)
            at += 1 + lookup
            script.lookup(at: at, "db.example", goroutine: goroutine, took: lookup)
            script.dial(at: at + 1, inode: inode, descriptor: Int32(7 + index), goroutine: goroutine, took: 1)
            at += 3 + handshake
            script.handshake(at: at, inode: inode, goroutine: goroutine, took: handshake)
            at += startUp
            script.end(
                at: at, goroutine: goroutine, connection: 0xc0 + index, inode: inode, descriptor: Int32(7 + index))
            script.release(at: at + 5, goroutine: goroutine, connection: 0xc0 + index)
        }
        return script
    }

    @Test func slowLookupsAreFound() throws {
        let finding = try #require(births(lookup: 400).decided("slow-connect").findings.first)
        #expect(finding.number("lookup_count") == .count(3))
        #expect(finding.number("lookup_slow") == .count(3))
        #expect(finding.subject.description == "10.0.0.5:5432" && finding.count == 3)
        #expect(finding.confidence.level == .high)
        #expect(finding.evidence.first?.events.map(\.kind) == [.nameLookup, .nameLookup])
    }

    @Test func slowHandshakesAreFound() throws {
        let finding = try #require(births(handshake: 900).decided("slow-connect").findings.first)
        #expect(finding.number("tls_slow") == .count(3))
        #expect(finding.evidence.first?.events.map(\.kind) == [.tlsHandshake, .tlsHandshake])
    }

    @Test func slowStartUpIsFound() throws {
        let finding = try #require(births(startUp: 1200).decided("slow-connect").findings.first)
        #expect(finding.number("session_startup_slow") == .count(3))
        #expect(finding.evidence.first?.events.map(\.kind) == [.poolAcquireEnd, .poolAcquireEnd])
    }

    @Test func partsOfOneEndpointAreOneFinding() throws {
        let findings = births(lookup: 400, handshake: 900).decided("slow-connect").findings
        #expect(findings.count == 1)
        #expect(findings.first?.number("lookup_slow") == .count(3) && findings.first?.number("tls_slow") == .count(3))
        #expect(findings.first?.count == 6)
    }

    @Test func fewOrFastPartsAreNot() {
        #expect(births(2, lookup: 400, handshake: 900, startUp: 1200).decided("slow-connect").isClean)
        #expect(births(lookup: 290, handshake: 790, startUp: 990).decided("slow-connect").isClean)
    }

    @Test func thresholdsCanBeSet() {
        var thresholds = Thresholds()
        thresholds[SlowConnectRule.dns] = .seconds(1)
        #expect(births(lookup: 400).decided("slow-connect", thresholds).isClean)
    }

    @Test func whatIsNotTracedIsSaid() {
        var script = TraceScript()
        script.dial(at: 1, inode: 900, descriptor: 7, goroutine: 20, took: 1)
        #expect(
            script.decided("slow-connect").caveats.map(\.kind) == [.notTraced])
    }
}
