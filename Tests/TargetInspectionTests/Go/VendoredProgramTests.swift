// SPDX-License-Identifier: Apache-2.0
import Testing
import TestSupport

@testable import TargetInspection

@Suite(.enabled(if: !GoToolchain.all.isEmpty, Comment(rawValue: GoToolchain.skipReason)), .timeLimit(.minutes(15)))
struct VendoredProgramTests {
    @Test(arguments: [GoToolchain.all.first, GoToolchain.all.last].compactMap { $0 })
    func everyCopyIsFoundWithItsOwnTypes(_ toolchain: GoToolchain) throws {
        let child = try PipedProcess([VendoredProgram.path(toolchain)])
        let said = try #require(child.readLine()).split(separator: " ")
        #expect(said.last == "32")
        let pools = said.prefix(2).compactMap { UInt64($0.dropFirst(2), radix: 16) }
        try #require(pools.count == 2)
        let process = try TargetProcess(processID: child.processID)
        let info = try GoBuildInfo(image: process.image)
        #expect(info.modules.isEmpty && info.mainModule == nil, "built without modules: only names tell what is in it")
        let symbols = try GoSymbolTable(image: process.image, version: info.goVersion)
        for name in ["example.org/pool.v1.(*Pool).Get", "example.org/pool%2ev1.(*Pool).Get"] {
            let functions = symbols.functions(named: name)
            #expect(functions.map(\.vendorPrefix).sorted() == VendoredProgram.copies)
            #expect(functions.allSatisfy { $0.name.hasSuffix("vendor/example.org/pool%2ev1.(*Pool).Get") })
        }
        #expect(symbols.functions(named: "pool.v1.(*Pool).Get").isEmpty)
        let types = GoTypes(
            memory: process.memory, moduleData: try #require(symbols.moduleData), bias: process.loadBias)
        var fields = GoFieldResolver(offsets: GoFieldOffsets(image: process.image, types: types))
        let open = GoField("Open", of: GoStructureName(package: VendoredProgram.package, name: "Pool"))
        for (copy, expected) in zip(VendoredProgram.copies.indices, [(UInt32(40), Int64(20)), (24, 10)]) {
            fields.vendorPrefix = VendoredProgram.copies[copy]
            let found = fields.place(of: open, loss: "")
            let place = try #require(found)
            #expect(place.offset == expected.0)
            #expect(place.number(in: pools[copy], process.memory) == expected.1)
            #expect(fields.planned.last?.field == "\(VendoredProgram.copies[copy])\(open)")
        }
        fields.vendorPrefix = ""
        let absent = fields.place(of: open, loss: "")
        #expect(absent == nil, "no package brought it along for the whole program")
        child.wait()
    }
}
