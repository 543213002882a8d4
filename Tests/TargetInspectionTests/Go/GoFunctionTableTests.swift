// SPDX-License-Identifier: Apache-2.0
import Testing
import TestSupport

@testable import TargetInspection

/// The function table of stripped programs against the symbols that nm(1) lists for the same program before stripping.
@Suite(.enabled(if: !GoToolchain.all.isEmpty, Comment(rawValue: GoToolchain.skipReason)), .timeLimit(.minutes(15)))
struct GoFunctionTableTests {
    private func symbols(_ program: GoProgram) throws -> GoSymbolTable {
        let image = try ExecutableImage(path: program.path())
        return try GoSymbolTable(image: image, version: GoVersion(minor: program.toolchain.minor))
    }

    /// Stripping does not move code: the plain build's symbols are right for the stripped one.
    @Test(arguments: GoProgram.all.filter { [.stripped, .plain, .pieStripped].contains($0.build) })
    func functionsAreThoseThatNMLists(_ program: GoProgram) throws {
        let unstripped = GoProgram(
            toolchain: program.toolchain, build: program.build.isPositionIndependent ? .pie : .plain)
        let table = try symbols(program)
        var compared = 0
        for line in try PipedProcess.run(["nm", unstripped.path()]).split(separator: "\n") {
            let words = line.split(separator: " ", maxSplits: 2).map(String.init)
            guard words.count == 3, words[1] == "T" || words[1] == "t", let address = UInt64(words[0], radix: 16),
                table.goTextRange.contains(address), !["runtime.text", "runtime.etext"].contains(words[2])
            else { continue }
            let function = try #require(table.function(containing: address))
            #expect(function.entry == address, "\(words[2])")
            // Type arguments are written out in symbols, but not in the function table of Go 1.19.
            if program.toolchain.minor > 19 || !words[2].contains("[") {
                // A symbol has a dot where the name of a type inside of a function has a middle dot.
                let name = String(function.name.map { $0 == "\u{b7}" ? "." : $0 })
                #expect(name == words[2].withoutSuffix(".abi0"))
            }
            #expect(table.function(containing: function.end - 1) == function)
            compared += 1
        }
        #expect(compared > 1500)
    }

    @Test(arguments: GoProgram.all) func functionsAreFoundByName(_ program: GoProgram) throws {
        let table = try symbols(program)
        let found = table.functions(named: ["database/sql.(*DB).conn", "main.instance", "main.instance[...]", "absent"])
        #expect(found["database/sql.(*DB).conn"]?.count == 1)
        #expect(found["main.instance"]?.count == 1, "an instance of a generic function, asked for without arguments")
        #expect(found["main.instance"] == found["main.instance[...]"])
        #expect(found["absent"] == nil)
        let conn = try #require(found["database/sql.(*DB).conn"]?.first)
        #expect(conn.name == "database/sql.(*DB).conn")
        #expect(table.functions(named: "database/sql.(*DB).conn") == [conn])
        #expect(table.function(containing: conn.entry) == conn)
        #expect(table.function(containing: conn.end)?.name != conn.name)
        #expect(table.functions(named: "main.middle").isEmpty, "inlined everywhere")
        let occurrences = table.occurrences(of: ["main.middle", "main.absent", "main.instance"])
        #expect(occurrences["main.middle"] == GoFunctionOccurrence(), "named for frames")
        #expect(occurrences["main.absent"] == nil)
        #expect(occurrences["main.instance"]?.functions.count == 1)
        #expect(table.function(containing: table.goTextRange.lowerBound - 1) == nil)
        #expect(table.function(containing: table.goTextRange.upperBound) == nil)
        #expect(table.frames(at: 0, isReturnAddress: true).isEmpty)
    }

    @Test(arguments: GoProgram.all) func inliningIsTold(_ program: GoProgram) throws {
        let table = try symbols(program)
        // Of these only Lock has code of its own as well: it is inlined at some calls.
        let names = ["main.middle", "main.outermost", "main.absent", "sync.(*Mutex).Lock", "database/sql.(*DB).conn"]
        #expect(table.inlined(among: names) == ["main.middle", "sync.(*Mutex).Lock"])
        #expect(table.inlined(among: ["main.absent"]).isEmpty)
        #expect(table.functions(similarTo: "database/sql.(*DB).con") == [])
        let similar = table.functions(similarTo: "other/sql.(*DB).conn")
        #expect(similar.first == "database/sql.(*DB).conn")
        #expect(similar.count <= 3 && similar.allSatisfy { $0.hasSuffix(".conn") })
    }

    @Test(arguments: GoProgram.all) func moduleDataIsFound(_ program: GoProgram) throws {
        let table = try symbols(program)
        let data = try #require(table.moduleData)
        #expect(data.text == table.textStart)
        #expect(table.goTextRange.upperBound <= data.textEnd)
        #expect(data.types < data.typesEnd)
        // Go 1.27 has no list of them any more.
        let hasLinks = program.toolchain.minor < 27
        #expect((data.itabLinks != nil) == hasLinks)
        if hasLinks { #expect((10...2000).contains(try #require(data.itabLinkCount))) }
    }

    /// A program whose section headers were removed is known by its segments alone.
    @Test(arguments: GoProgram.all.filter { $0.build.isStripped })
    func sectionHeadersAreNotNeeded(_ program: GoProgram) throws {
        let copy = try ScratchFile(copyOf: program.path())
        // e_shoff, and e_shentsize to e_shstrndx (elf(5)).
        try copy.write([UInt8](repeating: 0, count: 8), at: 40)
        try copy.write([UInt8](repeating: 0, count: 6), at: 58)
        let image = try ExecutableImage(path: copy.path)
        #expect(image.sections.isEmpty)
        let info = try GoBuildInfo(image: image)
        #expect(info.version == "go\(program.toolchain.version)")
        let whole = try symbols(program)
        let table = try GoSymbolTable(image: image, version: info.goVersion)
        #expect(table.tableAddress == whole.tableAddress)
        #expect(table.moduleData == whole.moduleData)
        #expect(table.functions(named: "main.main") == whole.functions(named: "main.main"))
    }
}

extension String {
    fileprivate func withoutSuffix(_ suffix: String) -> String {
        hasSuffix(suffix) ? String(dropLast(suffix.count)) : self
    }
}
