// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import PoolAdapters
@testable import TargetInspection

/// Where fields lie, by each source of that knowledge, against the tables, which were made from the DWARF of others.
@Suite(
    .enabled(if: !GoToolchain.all.isEmpty || GoToolchain.isRequired, Comment(rawValue: GoToolchain.skipReason)),
    .timeLimit(.minutes(15)))
struct GoFieldOffsetTests {
    private static func runtime(_ name: String) -> GoStructureName { GoStructureName(package: "runtime", name: name) }
    private static let pool = GoStructureName(package: "database/sql", name: "DB")
    private static let connection = GoStructureName(package: "database/sql", name: "driverConn")

    private func expected(_ version: GoVersion) throws -> [(GoField, [UInt32], UInt32, UInt32)] {
        let layout = try GoRuntimeLayout(version: version)
        let sql = try #require(SQLPoolLayout(version: version))
        return [
            (GoField("goid", of: Self.runtime("g")), [], layout.goroutineID, 8),
            (GoField("m", of: Self.runtime("g")), [], layout.machine, 8),
            (GoField("atomicstatus", of: Self.runtime("g")), [], try #require(layout.status), 4),
            (GoField("waitreason", of: Self.runtime("g")), [], try #require(layout.waitReason), 1),
            (GoField("curg", of: Self.runtime("m")), [], layout.currentGoroutine, 8),
            (GoField("m.curg", of: Self.runtime("g")), [layout.machine], layout.currentGoroutine, 8),
            (GoField("numOpen", of: Self.pool), [], sql.openCount, 8),
            (GoField("freeConn.len", of: Self.pool), [], sql.idleCount, 8),
            (GoField("waitCount", of: Self.pool), [], sql.waitCount, 8),
            (GoField("ci", of: Self.connection), [], 40, 16),
            (GoField("inUse", of: Self.connection), [], 72, 1),
            (GoField("db.maxOpen", of: Self.connection), [0], sql.maximumOpen, 8),
        ]
    }

    @Test(arguments: GoProgram.all) func everySourceSaysTheSame(_ program: GoProgram) throws {
        let running = try RunningProgram(program)
        let descriptors = GoFieldOffsets(debugTypes: nil, descriptors: GoTypeIndex(try running.types()))
        let debugTypes = GoDebugTypes(image: running.process.image)
        #expect((debugTypes == nil) == program.build.isStripped)
        for (field, dereferences, offset, size) in try expected(try #require(running.info.goVersion)) {
            let place = GoFieldPlace(
                dereferences: dereferences, offset: offset, size: size, origin: .typeDescriptor)
            #expect(descriptors.place(of: field) == .place(place), "\(field)")
            guard let debugTypes else { continue }
            let fromDebugInformation = GoFieldPlace(
                dereferences: dereferences, offset: offset, size: size, origin: .debugInformation)
            #expect(
                GoFieldOffsets(debugTypes: debugTypes, descriptors: nil).place(of: field)
                    == .place(fromDebugInformation), "\(field)")
        }
        running.child.wait()
    }

    /// `DB.dep`, a map.
    @Test(arguments: GoProgram.all) func lengthOfAMapIsBehindItsPointer(_ program: GoProgram) throws {
        let running = try RunningProgram(program)
        let both = GoFieldOffsets(image: running.process.image, types: try running.types())
        let field = GoField("dep.len", of: Self.pool)
        guard case .place(let place) = both.place(of: field) else {
            Issue.record("\(both.place(of: field))")
            return
        }
        #expect(place.dereferences.count == 1 && place.offset == 0 && place.size == 8)
        let pool = UInt64(running.pool[0])
        // A connection that is open is a dependency of the pool.
        #expect(place.number(in: pool, running.process.memory) == running.pool[1])
        let idle = both.place(of: GoField("freeConn.len", of: Self.pool))
        guard case .place(let idle) = idle else {
            Issue.record("\(idle)")
            return
        }
        #expect(idle.number(in: pool, running.process.memory) == running.pool[2])
        running.child.wait()
    }

    @Test(arguments: GoProgram.all) func aFieldThatIsNotThereIsRefusedAlone(_ program: GoProgram) throws {
        let running = try RunningProgram(program)
        var fields = GoFieldResolver(
            offsets: GoFieldOffsets(image: running.process.image, types: try running.types()))
        let absent = [
            GoField("absent", of: Self.pool), GoField("numOpen.len", of: Self.pool),
            GoField("freeConn.len.more", of: Self.pool),
            GoField("x", of: GoStructureName(package: "database/sql", name: "Absent")),
            GoField("numOpen", of: GoStructureName(package: "sql", name: "DB")),
        ]
        for field in absent { #expect(fields.place(of: field, loss: "all of it") == nil) }
        #expect(fields.planned.map(\.field) == absent.map(\.description))
        #expect(fields.planned.allSatisfy { $0.origin == nil && $0.loss == "all of it" && $0.note?.isEmpty == false })
        // The program knows better than a table what it has.
        let table = GoFieldPlace(offset: 88, size: 4, origin: .table("another"))
        #expect(fields.place(of: GoField("numOpen", of: Self.pool), bytes: 4, table: table, loss: "it") == nil)
        #expect(fields.planned.last?.note?.contains("8 bytes") == true)
        #expect(fields.place(of: GoField("numOpen", of: Self.pool), loss: "") != nil)
        #expect(fields.planned.last?.origin == (program.build.isStripped ? "type descriptor" : "dwarf"))
        running.child.wait()
    }

    /// A version that no table has: the program's own types are enough.
    @Test(arguments: GoProgram.all, [20, 28, 40])
    func versionWithoutATableIsReadFromTheProgram(_ program: GoProgram, _ minor: Int) throws {
        let running = try RunningProgram(program)
        var fields = GoFieldResolver(
            offsets: GoFieldOffsets(image: running.process.image, types: try running.types()))
        let layout = try GoRuntimeLayout(fields: &fields, version: GoVersion(minor: minor))
        let known = try GoRuntimeLayout(version: try #require(running.info.goVersion))
        #expect(layout.goroutineID == known.goroutineID && layout.status == known.status)
        #expect(layout.currentGoroutine == known.currentGoroutine && layout.waitReason == known.waitReason)
        #expect(layout.stack == known.stack && layout.scheduled == known.scheduled)
        #expect(layout.systemCall == known.systemCall)
        #expect(fields.planned.count == 12)
        running.child.wait()
    }

    @Test func tableIsTheLastResort() throws {
        var fields = GoFieldResolver(offsets: GoFieldOffsets(debugTypes: nil, descriptors: nil))
        let layout = try GoRuntimeLayout(fields: &fields, version: GoVersion(minor: 24))
        #expect(layout == (try GoRuntimeLayout(version: GoVersion(minor: 24))))
        let refused = fields.planned.filter { $0.origin == nil }
        #expect(refused.map(\.field) == ["runtime.g from %fs"], "its code is not there either")
        let known = fields.planned.filter { $0.origin != nil }
        #expect(known.allSatisfy { $0.origin == "table for go1.24" && $0.note != nil && $0.loss == nil })
        for minor in [18, 20, 28] {
            #expect(throws: InspectionError.self) {
                var fields = GoFieldResolver(offsets: GoFieldOffsets(debugTypes: nil, descriptors: nil))
                _ = try GoRuntimeLayout(fields: &fields, version: GoVersion(minor: minor))
            }
        }
    }

    @Test func numbersAreReadByTheirSize() {
        let memory = ByteMemory(
            base: 0x1000, [0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0x10, 0, 0, 0, 0, 0, 0])
        func number(_ offset: UInt32, _ size: UInt32, _ steps: [UInt32] = []) -> Int64? {
            GoFieldPlace(dereferences: steps, offset: offset, size: size, origin: .typeDescriptor)
                .number(in: 0x1000, memory)
        }
        #expect([1, 2, 4, 8].map { number(0, $0) } == [-2, -2, -2, -2])
        #expect(number(8, 2) == 0x1000)
        #expect(number(0, 1, [8]) == -2)
        #expect(number(0, 8, [0]) == nil, "the pointer leads nowhere")
        #expect(number(0, 3) == nil)
        #expect(number(12, 8) == nil)
    }

    @Test(arguments: [
        ("net/http", "net/http"), ("gopkg.in/yaml.v3", "gopkg.in/yaml%2ev3"), ("main", "main"),
        ("example.org/a.b/c", "example.org/a.b/c"), ("a b", "a%20b"), ("é", "%c3%a9"),
    ])
    func packagePathIsEscapedAsByTheLinker(_ path: String, _ escaped: String) {
        #expect(GoPackagePath.escaped(path) == escaped)
    }
}
