// SPDX-License-Identifier: Apache-2.0
@testable import Diagnosis
import Testing
import TraceModel
import TraceScripts

@Suite(.timeLimit(.minutes(15))) struct LifetimeHerdTests {
    private static let connections: UInt64 = 7

    /// Generations of connections: each is dialled, leased again and again, and closed at its lifetime of 10 s.
    ///
    /// - Parameter apart: between two connections of a generation, in ms.
    private func script(
        generations: UInt64 = 3, apart: Double = 5, lifetime: Double = 10_000, leases: Int = 5
    ) -> TraceScript {
        var script = TraceScript()
        for generation in 0..<generations {
            for index in 0..<Self.connections {
                let inode = 1000 + generation * 100 + index
                let born = 100 + Double(generation) * lifetime + Double(index) * apart
                let (goroutine, connection) = (5000 + inode, 0xc000 + inode)
                script.dial(at: born, inode: inode, descriptor: Int32(10 + index), goroutine: goroutine, took: 1)
                for use in 0..<leases {
                    let at = born + 10 + Double(use) * lifetime / 6
                    script.acquire(
                        at: at, goroutine: goroutine, connection: connection, inode: inode,
                        descriptor: Int32(10 + index), site: 1)
                    script.query(at: at + 1, inode: inode, goroutine: goroutine)
                    script.release(at: at + 3, goroutine: goroutine, connection: connection)
                }
                script.socketClose(at: born + lifetime - 2, inode: inode, goroutine: goroutine, state: 1)
            }
        }
        return script
    }

    @Test func generationsThatEndTogetherAreFound() throws {
        let finding = try #require(script().decided("lifetime-herd").findings.first)
        #expect(finding.subject.description == "database/sql #1")
        // The last generation is not dialled again.
        #expect(finding.count == 2 && finding.severity == .warning && finding.confidence.level == .high)
        #expect(finding.number("closed") == .count(2 * Self.connections))
        #expect(finding.number("redialled") == .count(2 * Self.connections))
        #expect(finding.number("connections") == .count(Self.connections))
    }

    @Test func oneWaveIsNoHabit() {
        #expect(script(generations: 2).decided("lifetime-herd").reason?.kind == .tooFew)
    }

    @Test func endsThatAreSpreadAreNot() {
        #expect(script(apart: 1400).decided("lifetime-herd").isClean)
    }

    /// Peaks above the idle limit: dialled, leased once and closed, all at one time and of one age.
    @Test func peaksThatThePoolDoesNotKeepAreNot() {
        var script = script(generations: 5, lifetime: 1000, leases: 1)
        // The connection that it keeps: it is no pool that keeps nothing.
        script.usualLeases(83)
        #expect(script.decided("lifetime-herd").isClean)
    }

    @Test func fewerThanTheShareAreNot() {
        var thresholds = Thresholds()
        thresholds[LifetimeHerdRule.connections] = Self.connections + 1
        #expect(script().decided("lifetime-herd", after: 60, thresholds).isClean)
    }

    @Test func lostClosesLeaveItUndecided() {
        var lossy = script(apart: 1400)
        lossy.loss(from: 0, to: 50, kind: .socketClose, count: 3)
        #expect(lossy.decided("lifetime-herd").reason?.kind == .recordsLost)
        var found = script()
        found.loss(from: 0, to: 50, kind: .socketClose, count: 3)
        #expect(found.decided("lifetime-herd").findings.first?.confidence.level == .unproven)
    }
}
