// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import PoolAdapters
@testable import TargetInspection

/// What is read where a program does not tell its types: by the tables. Live pools are in scripts/pool-matrix.sh.
@Suite(.timeLimit(.minutes(15))) struct PoolCounterTests {
    private struct Words: ReadableMemory {
        var words: [UInt64: Int64]

        func read(_ address: UInt64, count: Int) -> [UInt8]? {
            guard count == 8, let word = words[address] else { return nil }
            return withUnsafeBytes(of: word.littleEndian) { Array($0) }
        }
    }

    private func untold() -> GoFieldResolver {
        GoFieldResolver(offsets: GoFieldOffsets(debugTypes: nil, descriptors: nil))
    }

    /// `DB` of Go 1.24 at 0x1000: waitDuration 0, freeConn 40, numOpen 88, maxIdleCount 128, maxOpen 136, waitCount 168.
    private func database(idle: Int64, open: Int64, maximumIdle: Int64, maximumOpen: Int64) -> Words {
        Words(words: [
            0x1000: 5_000, 0x1030: idle, 0x1058: open, 0x1080: maximumIdle, 0x1088: maximumOpen, 0x10a8: 7,
        ])
    }

    private func counters(_ memory: Words) throws -> PoolCounters? {
        var fields = untold()
        let reader = try #require(DatabaseSQLAdapter().counters(&fields, goVersion: GoVersion(minor: 24)))
        #expect(fields.planned.count == 6 && fields.planned.allSatisfy { $0.origin == "table for go1.24" })
        return reader.counters(ofPoolAt: 0x1000, in: memory)
    }

    @Test func databaseIsReadByTheTable() throws {
        let read = try #require(try counters(database(idle: 1, open: 3, maximumIdle: 0, maximumOpen: -4)))
        #expect(read.open == 3 && read.idle == 1 && read.waitCount == 7 && read.waitNanoseconds == 5_000)
        #expect(read.maximumIdle == 2, "0 stands for the default")
        #expect(read.maximumOpen == 0, "no limit")
        #expect(try counters(database(idle: 0, open: 0, maximumIdle: -1, maximumOpen: 9))?.maximumIdle == 0)
    }

    @Test func garbageIsNoPool() throws {
        #expect(try counters(database(idle: 1, open: 1 << 40, maximumIdle: 0, maximumOpen: 0)) == nil)
        #expect(try counters(database(idle: -9, open: 1, maximumIdle: 0, maximumOpen: 0)) == nil)
        #expect(try counters(Words(words: [:])) == nil)
    }

    /// A field that cannot be read leaves the others.
    @Test func anUnreadableFieldIsLeftOutAlone() throws {
        var memory = database(idle: 1, open: 3, maximumIdle: 4, maximumOpen: 5)
        memory.words[0x1088] = nil
        let read = try #require(try counters(memory))
        #expect(read.maximumOpen == -1 && read.maximumIdle == 4 && read.open == 3)
    }

    /// Without types and without a table nothing is known, and it is said what is lost.
    @Test(arguments: AdapterRegistry.all.map(\.name).filter { $0 != "database/sql" })
    func whatIsNotEstablishedIsRefused(_ name: String) throws {
        let adapter = try #require(AdapterRegistry.all.first { $0.name == name })
        var fields = untold()
        #expect(adapter.counters(&fields, goVersion: GoVersion(minor: 24)) == nil)
        #expect(fields.planned.allSatisfy { $0.origin == nil && $0.loss?.isEmpty == false })
    }
}
