// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import TargetInspection

/// What leads to all other fields, held against programs of every version.
@Suite(
    .enabled(if: !GoToolchain.all.isEmpty || GoToolchain.isRequired, Comment(rawValue: GoToolchain.skipReason)),
    .timeLimit(.minutes(15)))
struct GoMemoryFormatTests {
    @Test(arguments: GoProgram.all) func everyProgramIsAsItIsRead(_ program: GoProgram) throws {
        let running = try RunningProgram(program)
        var fields = GoFieldResolver(
            offsets: GoFieldOffsets(image: running.process.image, types: try running.types()))
        let format = GoMemoryFormat(fields: &fields, version: running.info.goVersion)
        #expect(format.knowsTypes && format.knowsErrors, "\(fields.planned.filter { $0.loss != nil })")
        #expect(fields.planned.count == 27)
        let fromTable = fields.planned.filter { $0.origin?.hasPrefix("table for go1.") == true }
        #expect(fromTable.allSatisfy { $0.note != nil })
        // The debugging information has nearly all of them, run-time types at least what package reflect works with.
        #expect(fromTable.count <= (program.build.isStripped ? 20 : 2), "\(fromTable.map(\.field))")
        running.child.wait()
    }

    @Test(arguments: GoProgram.all) func aPlaceThatIsAnotherIsRefused(_ program: GoProgram) throws {
        let running = try RunningProgram(program)
        var fields = GoFieldResolver(
            offsets: GoFieldOffsets(image: running.process.image, types: try running.types()))
        let pool = GoStructureName(package: "database/sql", name: "DB")
        let absent = GoField("absent", of: pool)
        let idle = GoField("freeConn.array", of: pool)
        for (names, offset, bytes, holds) in [
            ([idle], 40, 8, true), ([idle], 48, 8, false), ([idle], 40, 4, false), ([absent, idle], 40, 8, true),
            ([absent, idle], 48, 8, false), ([absent], 7, 1, true), ([GoField("dep.len", of: pool)], 0, 8, false),
        ] as [([GoField], UInt32, UInt32, Bool)] {
            let answer = fields.confirms(names, at: offset, bytes: bytes, versions: "all", loss: "it")
            #expect(answer == holds, "\(names) at \(offset)")
            let noted = try #require(fields.planned.last)
            #expect((noted.loss == nil) == holds && (noted.origin != nil) == holds && (noted.offset != nil) == holds)
            #expect(holds || noted.note?.contains("in this program, not \(bytes) at \(offset)") == true)
        }
        running.child.wait()
    }

    /// Without any source of the program's, only where the module's data lies needs its version.
    @Test func tableIsTheLastResort() {
        for version in [GoVersion(minor: 19), GoVersion(minor: 27), nil] {
            var fields = GoFieldResolver(offsets: GoFieldOffsets(debugTypes: nil, descriptors: nil))
            let format = GoMemoryFormat(fields: &fields, version: version)
            #expect(format.knowsTypes && format.knowsErrors)
            #expect(fields.planned.allSatisfy { $0.origin?.hasPrefix("table for go1.") == true && $0.note != nil })
            #expect(fields.planned.contains { $0.field == "runtime.moduledata.types" } == (version != nil))
        }
    }
}
